/**
 * Milliseconds for which a request waits for the application's first words, to go with them in one piece: alone it would be recognised by its
 * length. An application that has words says them at once; one whose destination speaks first waits this much longer.
 */
export const firstWordsMs = 30;
