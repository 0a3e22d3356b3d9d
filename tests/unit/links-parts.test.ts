/** The parts of the links that encrypted protocols have: each form gives the same parts as any other. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LinkError } from '../../main/engine/errors.ts';
import { parseParts } from '../../main/engine/links/formats.ts';
import { cutUrl } from '../../main/engine/links/proxy-url.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const uuid = 'b831381d-6324-4d53-ad4f-8cda48b30811';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const v2rayn = (fields: object) => `vmess://${base64(JSON.stringify({ v: '2', add: 'vm.example.com', port: '443', id: uuid, ...fields }))}`;

/** `username|password@host:port?query#name`, all decoded, or the code of the refusal. */
function parts(link: string): string {
  const url = cutUrl(link);
  assert.ok(url);
  try {
    const { username, password, host, port, query, name } = parseParts(url);
    const parameters = [...query].map(([key, value]) => `${key}=${value}`).join('&');
    return `${username}|${password}@${host}:${port}${parameters && `?${parameters}`}${name && `#${name}`}`;
  } catch (error) {
    assert.ok(error instanceof LinkError, String(error));
    return error.message;
  }
}

function table(title: string, rows: readonly (readonly [link: string, expected: string])[]): void {
  describe(title, () => {
    for (const [link, expected] of rows) test(link.slice(0, 100), () => assert.equal(parts(link), expected));
  });
}

table('Shadowsocks', [
  ['ss://YWVzLTI1Ni1nY206Y29ycmVjdCBob3JzZQ@192.0.2.5:8388#One', 'aes-256-gcm|correct horse@192.0.2.5:8388#One'],
  ['ss://YWVzLTI1Ni1nY206Y29ycmVjdCBob3JzZQ==@192.0.2.5:8388/#One%20two', 'aes-256-gcm|correct horse@192.0.2.5:8388#One two'],
  ['ss://YWVzLTI1Ni1nY206Y29ycmVjdCBob3JzZQ%3D%3D@192.0.2.5:8388', 'aes-256-gcm|correct horse@192.0.2.5:8388'],
  ['ss://YWVzLTEyOC1nY206cGEvc3M/@192.0.2.5:8388', 'aes-128-gcm|pa/ss?@192.0.2.5:8388'],
  ['ss://Y2hhY2hhMjAtaWV0Zi1wb2x5MTMwNTpodW50ZXIyQDE5Mi4wLjIuNTo4Mzg4#Legacy', 'chacha20-ietf-poly1305|hunter2@192.0.2.5:8388#Legacy'],
  ['ss://YWVzLTI1Ni1nY206cEBzczp3MHJkQHNzLmV4YW1wbGUuY29tOjgzODg=', 'aes-256-gcm|p@ss:w0rd@ss.example.com:8388'],
  [`ss://${base64('aes-256-gcm:a/b?c#d@192.0.2.5:8388')}`, 'aes-256-gcm|a/b?c#d@192.0.2.5:8388'],
  [
    'ss://2022-blake3-aes-128-gcm:%2B%2Fv7%2B%2Fv7%2B%2Fv7%2B%2Fv7%2B%2Fv7%2Bw%3D%3D@[2001:db8::5]:443#N22',
    '2022-blake3-aes-128-gcm|+/v7+/v7+/v7+/v7+/v7+w==@2001:db8::5:443#N22',
  ],
  [
    'ss://2022-blake3-aes-128-gcm:+/v7+/v7+/v7+/v7+/v7+w==@h.example.com:443',
    '2022-blake3-aes-128-gcm|+/v7+/v7+/v7+/v7+/v7+w==@h.example.com:443',
  ],
  [
    'ss://2022-blake3-aes-128-gcm:EREREREREREREREREREREQ%3D%3D%3AMzMzMzMzMzMzMzMzMzMzMw%3D%3D@ss.example.com:443',
    '2022-blake3-aes-128-gcm|EREREREREREREREREREREQ==:MzMzMzMzMzMzMzMzMzMzMw==@ss.example.com:443',
  ],
  ['ss://AES-256-GCM:p%40ss@EXAMPLE.com:1', 'aes-256-gcm|p@ss@example.com:1'],
  ['ss://aes-256-gcm%3Apass@example.com:1', 'aes-256-gcm|pass@example.com:1'],
  [
    'ss://YWVzLTI1Ni1nY206Y29ycmVjdCBob3JzZQ@ss.example.com:443/?plugin=v2ray-plugin%3Btls%3Bhost%3Dcdn.example.com%3Bpath%3D%2Fws&Group=x#P',
    'aes-256-gcm|correct horse@ss.example.com:443?plugin=v2ray-plugin;tls;host=cdn.example.com;path=/ws&Group=x#P',
  ],
  [
    'ss://YWVzLTI1Ni1nY206Y29ycmVjdCBob3JzZQ@192.0.2.5:8388/?outline=1&prefix=%16%03%01%00%C2%A8%01%01',
    'aes-256-gcm|correct horse@192.0.2.5:8388?prefix=\x16\x03\x01\x00\xa8\x01\x01&outline=1',
  ],
  [
    `ss://YWVzLTI1Ni1nY206eA@192.0.2.5:1?v2ray-plugin=${base64('{"mode":"websocket","tls":true,"path":"/a;b","mux":false}')}&remarks=R%20S`,
    'aes-256-gcm|x@192.0.2.5:1?plugin=v2ray-plugin;mode=websocket;tls;path=/a\\;b;mux=0#R S',
  ],
  ['ss://YWVzLTI1Ni1nY206eA@192.0.2.5', 'no-port'],
  ['ss://YWVz@192.0.2.5:1', 'no-secret'],
  ['ss://@192.0.2.5:1', 'no-secret'],
  ['ss://192.0.2.5:8388', 'bad-encoding: base64'],
  ['ss://', 'no-host'],
]);

table('Trojan and VLESS', [
  ['trojan://correct%20horse@tr.example.com:443#T1', 'correct horse|@tr.example.com:443#T1'],
  ['trojan://pw@192.0.2.12?peer=www.example.com&allowInsecure=1', 'pw|@192.0.2.12:443?sni=www.example.com&allowInsecure=1'],
  ['trojan://a:b/c@d@tr.example.com:443', 'a:b/c@d|@tr.example.com:443'],
  [
    'trojan://pw@h.example.com:443?allowInsecure=0&insecure=1&TYPE=WS&Path=%2Ftj%3Fed%3D2048&sni=&x=+&amp;y=2',
    'pw|@h.example.com:443?type=ws&allowInsecure=1&path=/tj?ed=2048&x=+&y=2',
  ],
  ['trojan://pw@h.example.com:443?type=grpc&serviceName=GunSvc&mode=gun', 'pw|@h.example.com:443?type=grpc&serviceName=GunSvc&mode=gun'],
  ['trojan://h.example.com:443', 'no-secret'],
  ['trojan://pw@h.example.com:0', 'bad-port'],
  [
    `vless://${uuid}@192.0.2.10:443?encryption=none&security=TLS&sni=cdn.example.com&type=raw&pbk=a+b/c==#V2`,
    `${uuid}|@192.0.2.10:443?encryption=none&security=tls&sni=cdn.example.com&pbk=a+b/c==#V2`,
  ],
  [`vless://${uuid}@[2001:db8::1]:443?type=splithttp&extra=%7B%22a%22%3A1%7D`, `${uuid}|@2001:db8::1:443?type=xhttp&extra={"a":1}`],
  ['vless://hello@vl.example.com:443?security&tls&type=ws', 'hello|@vl.example.com:443?type=ws'],
  ['vless://hello@vl.example.com:443?security=&tls=1', 'hello|@vl.example.com:443?security=tls'],
  ['vless://hello@vl.example.com:443?security=tls&type=httpupgrade', 'hello|@vl.example.com:443?type=httpupgrade&security=tls'],
  [
    `vless://${base64(`auto:${uuid}@vl.example.com:443`)}?remarks=N&obfs=websocket&path=/x&obfsParam=H&tls=1&peer=SNI&xtls=2&pbk=K`,
    `${uuid}|@vl.example.com:443?flow=xtls-rprx-vision&type=ws&security=reality&sni=SNI&pbk=K&host=H&path=/x#N`,
  ],
]);

table('VMess', [
  [
    v2rayn({
      ps: 'Test node',
      aid: '0',
      scy: 'auto',
      net: 'ws',
      type: 'none',
      host: 'cdn.example.com',
      path: '/ray?ed=2048',
      tls: 'tls',
      sni: 'cdn.example.com',
      alpn: '',
      fp: 'chrome',
    }),
    `${uuid}|@vm.example.com:443?encryption=auto&type=ws&security=tls&sni=cdn.example.com&fp=chrome&host=cdn.example.com&path=/ray?ed=2048#Test node`,
  ],
  [
    v2rayn({ v: 2, port: 8443, aid: 0, net: 'grpc', type: 'gun', path: 'TunSvc', tls: true }),
    `${uuid}|@vm.example.com:8443?encryption=auto&type=grpc&security=tls&serviceName=TunSvc&mode=gun`,
  ],
  [
    v2rayn({ port: '443 ', aid: 64, net: 'kcp', type: 'wechat-video', path: 'seed', custom: 'x' }),
    `${uuid}|@vm.example.com:443?encryption=auto&type=kcp&headerType=wechat-video&aid=64&seed=seed&custom=x`,
  ],
  [
    v2rayn({ v: '1', net: 'ws', host: 'cdn.example.com;/p', tls: 'none' }),
    `${uuid}|@vm.example.com:443?encryption=auto&type=ws&host=cdn.example.com&path=/p`,
  ],
  [v2rayn({ ps: Buffer.from('Дом').toString('latin1') }), `${uuid}|@vm.example.com:443?encryption=auto#Дом`],
  [
    `vmess://${base64(`${JSON.stringify({ add: 'vm.example.com', port: 1, id: uuid }, null, 2)}\0\n`)}`,
    `${uuid}|@vm.example.com:1?encryption=auto`,
  ],
  [
    `vmess://${uuid}@vm.example.com:443?encryption=auto&security=tls&type=ws&path=%2Fm#U`,
    `${uuid}|@vm.example.com:443?encryption=auto&type=ws&security=tls&path=/m#U`,
  ],
  [
    `vmess://${base64(`aes-128-gcm:${uuid}@192.0.2.11:443`)}?remarks=SR&obfs=websocket&path=/w&tls=1&peer=vm.example.com&alterId=0`,
    `${uuid}|@192.0.2.11:443?encryption=aes-128-gcm&type=ws&security=tls&sni=vm.example.com&path=/w#SR`,
  ],
  [`vmess://${base64(`name = vmess, vm.example.com, 443, aes-128-gcm, "${uuid}", over-tls=true`)}`, 'not-spoken: VMess (Quantumult)'],
  [v2rayn({ id: '' }), 'no-secret'],
  [v2rayn({ add: '' }), 'no-host'],
  [v2rayn({ port: 'x' }), 'bad-port'],
  [`vmess://${base64('{"add":')}`, 'bad-encoding: JSON'],
]);
