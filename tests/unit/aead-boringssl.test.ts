/** The same, with the cryptography that Electron has. */
import '../rigs/boringssl.ts';
import './aead.test.ts';
