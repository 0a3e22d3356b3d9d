/** How long a test waits for what should come, before it fails. Generous, for a machine may be busy: nothing waits longer than it must. */
export const patienceMs = 30_000;
