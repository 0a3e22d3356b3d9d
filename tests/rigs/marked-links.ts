import { mark, markedUuid } from './marked.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Ports {
  readonly socks5: number;
  readonly socks4: number;
  readonly http: number;
  readonly https: number;
  readonly dead: number;
}

export const markedLogin = { username: `user-${mark}`, password: `pass-${mark}` };
const good = `${markedLogin.username}:${markedLogin.password}`;
const bad = `user-${mark}:wrong-${mark}`;

/** Links whose secrets are marked, and that are imported: proxies that work, that refuse the login, and that are dead. */
export const importedLinks = ({ socks5, socks4, http, https, dead }: Ports): string[] => [
  `tg://socks?server=127.0.0.1&port=${socks5}&user=user-${mark}&pass=pass-${mark}`,
  `https://t.me/socks?server=localhost&port=${socks5}&user=user-${mark}&pass=pass-${mark}`,
  `socks5://${bad}@127.0.0.1:${socks5}#Wrong login`,
  `socks5://user-${mark}@127.0.0.1:${socks5}#No password`,
  `socks://${base64(`${bad}2@127.0.0.1:${socks5}`)}#Old form`,
  `socks://${base64(`${bad}3`)}@127.0.0.1:${socks5}#New form`,
  `socks4://user-${mark}@127.0.0.1:${socks4}`,
  `socks4a://user-${mark}@127.0.0.1:${socks4}`,
  `socks4a://wrong-${mark}@127.0.0.1:${socks4}`,
  `http://${good}@127.0.0.1:${http}`,
  `http://${bad}@127.0.0.1:${http}`,
  `https://${good}@localhost:${https}`,
  `https://${bad}@localhost:${https}`,
  `https://${good}@127.0.0.1:${http}#No TLS there`,
  `127.0.0.1:${socks5}:${good}`,
  `127.0.0.1:${http}:${bad}`,
  `${bad}4@127.0.0.1:${dead}`,
  `socks5://${good}@127.0.0.1:${dead}#Dead`,
  `http://${good}@no-such-host.invalid:3128`,
  `socks5h://p%40ss%3A${mark}:%2F%2B${mark}%E2%9C%93@[::1]:${dead}#Escaped`,
  `socks5://user:%zz${mark}@127.0.0.1:${dead}#Half escaped`,
];

/** Links whose secrets are marked, and that are kept though they cannot be used. */
export const keptLinks: readonly string[] = [
  `tg://proxy?server=127.0.0.1&port=443&secret=dd${Buffer.from(mark.padEnd(16, '0')).toString('hex')}`,
  `ss://${base64(`rc4-md5:${mark}`)}@127.0.0.1:8388#Shadowsocks`,
  `ss://${base64(`aes-256-gcm:${mark}@127.0.0.1:8388`)}`,
  `vmess://${base64(JSON.stringify({ v: '2', add: '127.0.0.1', port: 443, id: markedUuid, sni: mark }))}`,
  `vless://${markedUuid}@127.0.0.1:443?security=tls`,
  `trojan://${mark}@127.0.0.1:443`,
  `hysteria2://${mark}@127.0.0.1:443?obfs-password=${mark}`,
  `tuic://${markedUuid}:${mark}@127.0.0.1:443`,
  `wireguard://${base64(mark.repeat(2))}@127.0.0.1:51820`,
  `ssr://${base64(`127.0.0.1:8388:origin:plain:plain:${base64(mark)}/?remarks=${base64('Old')}`)}`,
  `vpn://${base64(mark.repeat(3))}`,
];

/** Lines with marked secrets of which none can be imported. */
export const rejectedLines: readonly string[] = [
  `socks5://${good}@127.0.0.1:99999`,
  `socks5://${good}@:1080`,
  `socks5://${mark.repeat(30)}:${mark}@127.0.0.1:1080`,
  `socks4://${good}@127.0.0.1:1080`,
  `http://${good}@exa..mple:3128`,
  `2001:db8::8:1080:${good}`,
  `tg://socks?server=&port=1080&user=u&pass=${mark}`,
  `tg://socks?server=127.0.0.1&port=x&pass=${mark}`,
  `https://t.me/proxy?server=127.0.0.1&port=443&secret=7g${base64(mark)}`,
  `https://example.com/sub/${mark}?token=${mark}`,
  `unheard-of://${good}@127.0.0.1:1`,
  `socks5://${mark.repeat(1500)}@127.0.0.1:1080`,
  `the password is ${mark}, do not tell`,
];
