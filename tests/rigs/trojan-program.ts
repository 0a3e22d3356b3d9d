import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Certificate, serverCertificate } from './certificates.ts';
import { type Program, startProgram } from './programs.ts';
import { trojanPassword } from './v2ray.ts';

/** trojan (1.16 is Debian's): the server that the protocol comes from, with a web server at this port behind it. It takes sessions up again. */
export function startTrojanServer(folder: string, remotePort: number, certificate: Certificate = serverCertificate): Promise<Program> {
  return startProgram(folder, 'trojan', async (port) => {
    const config = {
      run_type: 'server',
      local_addr: '127.0.0.1',
      local_port: port,
      remote_addr: '127.0.0.1',
      remote_port: remotePort,
      password: [trojanPassword],
      log_level: 2,
      ssl: { cert: certificate.certFile, key: certificate.keyFile, alpn: ['http/1.1'], session_timeout: 600 },
      tcp: { no_delay: true, keep_alive: true },
      mysql: { enabled: false },
    };
    const file = path.join(folder, `trojan-${port}.json`);
    await writeFile(file, JSON.stringify(config));
    return ['-c', file];
  });
}
