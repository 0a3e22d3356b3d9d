/** The same, with the cryptography that Electron has. */
import '../rigs/boringssl.ts';
import './datagrams-contract.test.ts';
