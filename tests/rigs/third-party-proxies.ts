import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Login } from '../../main/engine/outbounds/definition.ts';
import type { ErrorCode } from '../../preload/contract.ts';
import { serverCertificate } from './certificates.ts';
import { noLogin } from './connecting.ts';
import { type Program, startProgram } from './programs.ts';

/** A proxy server that others wrote. */
export interface ThirdPartyProxy {
  readonly name: string;
  readonly programs: readonly string[]; // all that must be installed
  readonly schemes: readonly string[]; // that it understands
  readonly knowsNames?: false;
  readonly login: Login;
  readonly refused: ErrorCode; // what becomes of a destination that refuses
  start(folder: string): Promise<Program>;
}

const bob: Login = { username: 'bob', password: 's3cret' };
const isRoot = process.getuid?.() === 0;

async function file(folder: string, name: string, text: string): Promise<string> {
  const where = path.join(folder, name);
  await writeFile(where, text, { mode: 0o644 });
  return where;
}

function startDanted(folder: string): Promise<Program> {
  return startProgram(folder, 'danted', async (port) => {
    const conf = `logoutput: stderr
internal: 127.0.0.1 port = ${port}
external: lo
${isRoot ? 'user.privileged: root\nuser.unprivileged: nobody' : ''}
clientmethod: none
socksmethod: none
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass {
  from: 0.0.0.0/0 to: 0.0.0.0/0
  command: bind connect udpassociate bindreply udpreply
  proxyprotocol: socks_v4 socks_v5
}
`;
    return ['-f', await file(folder, 'danted.conf', conf), '-p', path.join(folder, 'danted.pid')];
  });
}

function startTinyproxy(folder: string, login: Login): Promise<Program> {
  return startProgram(folder, 'tinyproxy', async (port) => {
    const conf = `Port ${port}
Listen 127.0.0.1
Timeout 60
MaxClients 100
Allow 127.0.0.1
${login.username && `BasicAuth ${login.username} ${login.password}`}
`;
    return ['-d', '-c', await file(folder, `tinyproxy-${port}.conf`, conf)];
  });
}

async function startSquid(folder: string): Promise<Program> {
  await chmod(folder, 0o755); // squid's helper drops its rights before it reads the passwords
  const passwords = await file(folder, 'squid.passwd', `${bob.username}:$apr1$paperpln$T6Qd1CF826kVQTqqjPX3d/\n`); // made with `openssl passwd -apr1`
  return startProgram(folder, 'squid', async (port) => {
    const conf = `http_port 127.0.0.1:${port}
auth_param basic program /usr/lib/squid/basic_ncsa_auth ${passwords}
auth_param basic children 1
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
cache deny all
cache_mem 8 MB
max_filedescriptors 1024
pid_filename none
access_log none
cache_log /dev/null
coredump_dir none
shutdown_lifetime 0 seconds
pinger_enable off
visible_hostname localhost
`;
    return ['-N', '-f', await file(folder, 'squid.conf', conf)];
  });
}

/** A program that takes TLS off, in front of tinyproxy. */
function behindTls(start: (folder: string, certificate: string, plainPort: number) => Promise<Program>) {
  return async (folder: string): Promise<Program> => {
    const plain = await startTinyproxy(folder, noLogin);
    const certificate = await file(folder, 'both.pem', serverCertificate.cert + serverCertificate.key);
    const tls = await start(folder, certificate, plain.port);
    return {
      host: tls.host,
      port: tls.port,
      pid: tls.pid,
      async [Symbol.asyncDispose]() {
        await Promise.all([tls[Symbol.asyncDispose](), plain[Symbol.asyncDispose]()]);
      },
    };
  };
}

const startStunnel = behindTls((folder, certificate, plainPort) =>
  startProgram(folder, 'stunnel4', async (port) => {
    const conf = `foreground = yes
pid =
[p]
accept = 127.0.0.1:${port}
connect = 127.0.0.1:${plainPort}
cert = ${certificate}
`;
    return [await file(folder, 'stunnel.conf', conf)];
  }),
);

const startHaproxy = behindTls((folder, certificate, plainPort) =>
  startProgram(folder, 'haproxy', async (port) => {
    const conf = `defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend f
  bind 127.0.0.1:${port} ssl crt ${certificate} alpn http/1.1
  default_backend b
backend b
  server s 127.0.0.1:${plainPort}
`;
    return ['-db', '-f', await file(folder, 'haproxy.cfg', conf)];
  }),
);

export const thirdPartyProxies: readonly ThirdPartyProxy[] = [
  {
    name: 'microsocks',
    programs: ['microsocks'],
    schemes: ['socks5', 'auto'],
    login: noLogin,
    refused: 'destination-refused',
    start: (folder) => startProgram(folder, 'microsocks', (port) => ['-i', '127.0.0.1', '-p', `${port}`]),
  },
  {
    name: 'microsocks with login',
    programs: ['microsocks'],
    schemes: ['socks5', 'auto'],
    login: bob,
    refused: 'destination-refused',
    start: (folder) =>
      startProgram(folder, 'microsocks', (port) => ['-i', '127.0.0.1', '-p', `${port}`, '-u', bob.username, '-P', bob.password]),
  },
  {
    name: 'danted',
    programs: ['danted'],
    schemes: ['socks5', 'auto'],
    login: noLogin,
    refused: 'destination-refused',
    start: startDanted,
  },
  {
    name: 'danted as SOCKS4',
    programs: ['danted'],
    schemes: ['socks4'],
    knowsNames: false, // it has no 4A
    login: noLogin,
    refused: 'proxy-failed',
    start: startDanted,
  },
  {
    name: 'tinyproxy with login',
    programs: ['tinyproxy'],
    schemes: ['http', 'auto'],
    login: bob,
    refused: 'proxy-failed',
    start: (folder) => startTinyproxy(folder, bob),
  },
  {
    name: 'squid with login',
    programs: ['squid'],
    schemes: ['http', 'auto'],
    login: bob,
    refused: 'destination-unreachable',
    start: startSquid,
  },
  {
    name: 'stunnel in front of tinyproxy',
    programs: ['stunnel4', 'tinyproxy'],
    schemes: ['https'],
    login: noLogin,
    refused: 'proxy-failed',
    start: startStunnel,
  },
  {
    name: 'haproxy in front of tinyproxy',
    programs: ['haproxy', 'tinyproxy'],
    schemes: ['https'],
    login: noLogin,
    refused: 'proxy-failed',
    start: startHaproxy,
  },
];
