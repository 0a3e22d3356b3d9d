/** The same, with the cryptography that Electron has. */
import '../rigs/boringssl.ts';
import './outbound-contract.test.ts';
