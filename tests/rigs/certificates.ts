import { readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';

/** A certificate with its key, both in PEM and as files for other programs. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const file = (name: string) => path.join(import.meta.dirname, 'certificates', name);

function load(name: string): Certificate {
  const [certFile, keyFile] = [file(`${name}.pem`), file(`${name}.key`)];
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile };
}

/** The authority that signed all of them but the last, for NODE_EXTRA_CA_CERTS and the like. */
export const authorityFile = file('ca.pem');

/** Valid for proxy.test, localhost, 127.0.0.1 and ::1. */
export const serverCertificate = load('server');
/** The same, but its time was over in 2021. */
export const expiredCertificate = load('expired');
/** Valid, but for other.test alone. */
export const otherNameCertificate = load('other-name');
/** Valid, but names nobody: `proxy.test` is the common name of its subject, as it was done long ago. */
export const namelessCertificate = load('nameless');
/** Valid for the same as the first, but signed by itself alone. */
export const strangerCertificate = load('stranger');

/** Makes this process trust the authority, as NODE_EXTRA_CA_CERTS does for one that is still to be started. Before its first TLS. */
export function trustTestAuthority(): void {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(authorityFile, 'utf8')]);
}
