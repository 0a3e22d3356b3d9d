import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LinkError } from '../../main/engine/errors.ts';
import { hasOwnFormat } from '../../main/engine/links/formats.ts';
import { parseLink } from '../../main/engine/links/index.ts';
import { knownSchemes, programSchemes } from '../../main/engine/links/known-schemes.ts';
import { protocols } from '../../main/engine/outbounds/index.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

/** The canonical link of what was parsed, or the code and detail of the refusal. */
function outcome(text: string): string {
  try {
    return parseLink(text).link;
  } catch (error) {
    assert.ok(error instanceof LinkError, String(error));
    return error.message;
  }
}

function table(title: string, rows: readonly (readonly [link: string, expected: string])[]): void {
  describe(title, () => {
    for (const [link, expected] of rows) test(link.slice(0, 100), () => assert.equal(outcome(link), expected));
  });
}

const alice = 'socks5://alice:s3cret@192.0.2.7:1080';

table('Telegram links', [
  ['tg://socks?server=192.0.2.7&port=1080&user=alice&pass=s3cret', alice],
  ['tg:socks?server=192.0.2.7&port=1080&user=alice&pass=s3cret', alice],
  ['TG://SOCKS?SERVER=192.0.2.7&Port=1080&USER=alice&pass=s3cret', alice],
  ['tg://socks/?server=192.0.2.7&port=1080&user=alice&pass=s3cret', alice],
  ['tg://socks?server=192.0.2.7&amp;port=1080&amp;user=alice&amp;pass=s3cret', alice],
  ['tg://socks?server=192.0.2.7&amp;amp;port=1080&amp;amp;user=alice&amp;amp;pass=s3cret', alice],
  ['tg://socks?pass=s3cret&user=alice&port=1080&server=192.0.2.7#ignored', alice],
  ['https://t.me/socks?server=s5.example.com&port=443', 'socks5://s5.example.com:443'],
  ['http://t.me/socks?server=s5.example.com&port=443', 'socks5://s5.example.com:443'],
  ['https://t.me:443/socks?server=s5.example.com&port=443', 'socks5://s5.example.com:443'],
  ['https://www.t.me/socks/?server=s5.example.com&port=443', 'socks5://s5.example.com:443'],
  ['https://telegram.me/s/socks?server=s5.example.com&port=443', 'socks5://s5.example.com:443'],
  ['https://Telegram.DOG/socks?server=S5.example.COM&port=443', 'socks5://s5.example.com:443'],
  ['t.me/socks?server=s5.example.com&port=443', 'socks5://s5.example.com:443'],
  ['tg://socks?server=2001%3Adb8%3A%3A9&port=443', 'socks5://[2001:db8::9]:443'],
  ['tg://socks?server=2001:DB8::9&port=443', 'socks5://[2001:db8::9]:443'],
  ['tg://socks?server=h.example.com&port=1&user=a+b&pass=a%3Db+%2B/=@:', 'socks5://a%2Bb:a%3Db%2B%2B%2F%3D%40%3A@h.example.com:1'],
  ['tg://socks?server=h.example.com&port=1&user=u&pass=100%', 'socks5://u:100%25@h.example.com:1'],
  ['tg://socks?server=h.example.com&port=1&user=u&pass=%ff', 'bad-encoding: pass'],
  ['tg://socks?server=h.example.com', 'no-port'],
  ['tg://socks?port=1080', 'no-host'],
  ['tg://socks', 'no-host'],
  ['tg://socks?server=0.0.0.0&port=-1', 'bad-host'],
  ['tg://socks?server=192.0.2.7&port=70000', 'bad-port'],
  ['tg://socks?server=192.0.2.7&port=0', 'bad-port'],
  ['tg://socks?server=192.0.2.7&port=+80', 'bad-port'],
  [`tg://socks?server=192.0.2.7&port=1&user=u&pass=${'x'.repeat(256)}`, 'login-too-long'],
  [
    'tg://proxy?server=mt.example.com&port=443&secret=00112233445566778899aabbccddeeff',
    'tg://proxy?server=mt.example.com&port=443&secret=00112233445566778899aabbccddeeff',
  ],
  [
    'https://t.me/proxy?port=8443&secret=dd00112233445566778899aabbccddeeff&server=192.0.2.9',
    'tg://proxy?server=192.0.2.9&port=8443&secret=dd00112233445566778899aabbccddeeff',
  ],
  [
    'tg:proxy?server=192.0.2.9&port=443&secret=3QARIjNEVWZ3iJmqu8zd7v8',
    'tg://proxy?server=192.0.2.9&port=443&secret=3QARIjNEVWZ3iJmqu8zd7v8',
  ],
  ['https://telegram.dog/proxy?server=mt.example.com&port=443&secret=ee00', 'bad-encoding: secret'],
  [
    'https://telegram.dog/proxy?server=mt.example.com&port=443&secret=ee00112233445566778899aabbccddeeff7777772e6578616d706c652e636f6d',
    'tg://proxy?server=mt.example.com&port=443&secret=ee00112233445566778899aabbccddeeff7777772e6578616d706c652e636f6d',
  ],
  [
    'tg://proxy?server=mt.example.com&port=443&secret=7gARIjNEVWZ3iJmqu8zd7v93d3cuZXhhbXBsZS5jb20%3D',
    'tg://proxy?server=mt.example.com&port=443&secret=7gARIjNEVWZ3iJmqu8zd7v93d3cuZXhhbXBsZS5jb20%3D',
  ],
  [
    'tg://proxy?server=2001%3Adb8%3A%3A9&port=443&secret=ABEiM0RVZneImaq7zN3u_w',
    'tg://proxy?server=2001%3Adb8%3A%3A9&port=443&secret=ABEiM0RVZneImaq7zN3u_w',
  ],
  ['tg://proxy?server=mt.example.com&port=443&secret=dd0011', 'bad-encoding: secret'],
  ['tg://proxy?server=mt.example.com&port=443&secret=ab00112233445566778899aabbccddeeff', 'bad-encoding: secret'],
  ['tg://proxy?server=mt.example.com&port=70000&secret=00112233445566778899aabbccddeeff', 'bad-port'],
  ['tg://proxy?server=mt.example.com&port=443&secret=', 'no-secret'],
  ['tg://resolve?domain=example', 'no-link'],
  ['https://t.me/example_channel', 'no-link'],
  ['https://proxy.t.me/?server=192.0.2.7&port=1', 'is-subscription'],
  ['https://t.me:8443/socks?server=192.0.2.7&port=1', 'is-subscription'],
]);

table('SOCKS URLs', [
  ['socks5://user1:s3cret@192.0.2.7:1080#Home', 'socks5://user1:s3cret@192.0.2.7:1080#Home'],
  ['socks5h://s5.example.com:1080', 'socks5://s5.example.com:1080'],
  ['SOCKS5://S5.Example.COM:1080', 'socks5://s5.example.com:1080'],
  ['socks4://192.0.2.7:1080', 'socks4://192.0.2.7:1080'],
  ['socks4a://bob@s4.example.com:1080', 'socks4a://bob:@s4.example.com:1080'],
  ['socks4://bob:pw@192.0.2.7:1080', 'login-not-possible: SOCKS4'],
  ['socks://192.0.2.7:1080', 'socks5://192.0.2.7:1080'],
  ['socks://dXNlcjE6czNjcmV0QDE5Mi4wLjIuNzoxMDgw#Old', 'socks5://user1:s3cret@192.0.2.7:1080#Old'],
  ['socks://MTkyLjAuMi43OjEwODA=#NoLogin', 'socks5://192.0.2.7:1080#NoLogin'],
  ['socks://dXNlcjE6czNjcmV0@192.0.2.7:1080#New', 'socks5://user1:s3cret@192.0.2.7:1080#New'],
  ['socks://dXNlcjE6czNjcmV0eA%3D%3D@192.0.2.7:1080', 'socks5://user1:s3cretx@192.0.2.7:1080'],
  ['socks://dT8-OsO_L8O_@192.0.2.7:1080', 'socks5://u%3F%3E:%C3%BF%2F%C3%BF@192.0.2.7:1080'],
  ['socks://dXNlcjE6cEBzJTQxLzp4QDE5Mi4wLjIuNzoxMDgw', 'socks5://user1:p%40s%2541%2F%3Ax@192.0.2.7:1080'],
  ['socks5://us%3Aer:p%40ss@[2001:db8::7]:1080', 'socks5://us%3Aer:p%40ss@[2001:db8::7]:1080'],
  ['socks5://user:p@ss@192.0.2.7:1080', 'socks5://user:p%40ss@192.0.2.7:1080'],
  ['socks5://user:a/b+c=d:e%@192.0.2.7:1080/', 'socks5://user:a%2Fb%2Bc%3Dd%3Ae%25@192.0.2.7:1080'],
  ['socks5://user:p&amp;w@192.0.2.7:1080', 'socks5://user:p%26w@192.0.2.7:1080'],
  ['socks5://user:%ff@192.0.2.7:1080', 'bad-encoding: password'],
  ['socks5://user@192.0.2.7:1080', 'socks5://user:@192.0.2.7:1080'],
  ['socks5://dXNlcjE6czNjcmV0:@192.0.2.7:1080', 'socks5://dXNlcjE6czNjcmV0:@192.0.2.7:1080'],
  ['socks5://例え.example.com:1080', 'socks5://xn--r8jz45g.example.com:1080'],
  ['socks5://%E4%BE%8B%E3%81%88.example.com:1080', 'socks5://xn--r8jz45g.example.com:1080'],
  ['socks5://s5.example.com.:1080', 'socks5://s5.example.com:1080'],
  ['socks5://192.0.2.7', 'socks5://192.0.2.7:1080'],
  ['socks5://192.0.2.7:1080#100% fast #1', 'socks5://192.0.2.7:1080#100%25%20fast%20%231'],
  ['socks5://192.0.2.7:1080#%E0%A4%A', 'socks5://192.0.2.7:1080#%25E0%25A4%25A'],
  ['socks5://192.0.2.7:1080?remarks=Shadow%20rocket&udp=1', 'socks5://192.0.2.7:1080?udp=1#Shadow%20rocket'],
  ['socks5://u:p@192.0.2.7:443?tls=true&sni=px.example.com#T', 'socks5+tls://u:p@192.0.2.7:443?tls=true&sni=px.example.com#T'],
  ['socks4a://192.0.2.7:1080?x=a+b&y', 'socks4a://192.0.2.7:1080?x=a%2Bb&y='],
  ['socks5://192.0.2.7:1080:user1:s3:cret', 'socks5://user1:s3%3Acret@192.0.2.7:1080'],
  ['socks5://user1:s3cret:192.0.2.7:1080', 'socks5://user1:s3cret@192.0.2.7:1080'],
  ['socks5://[2001:db8::7]:1080:user1:s3cret', 'socks5://user1:s3cret@[2001:db8::7]:1080'],
  ['socks5://[2001:0DB8:0::7]:1080', 'socks5://[2001:db8::7]:1080'],
  ['socks5://2001:db8::7:1080', 'ipv6-brackets'],
  ['socks5://[fe80::1%25eth0]:1080', 'bad-host'],
  ['socks5://user@:1080', 'no-host'],
  ['socks5://:1080', 'no-host'],
  ['socks5://192.0.2.7:', 'no-port'],
  ['socks5://192.0.2.7:65536', 'bad-port'],
  ['socks5://192.0.2.7:0', 'bad-port'],
  ['socks5://192.0.2.7:http', 'bad-port'],
  [`socks5://${'u'.repeat(256)}:p@192.0.2.7:1080`, 'login-too-long'],
  [`socks5://${'u'.repeat(255)}:p@192.0.2.7:1080`, `socks5://${'u'.repeat(255)}:p@192.0.2.7:1080`],
  [`socks5://192.0.2.7:1080#${'x'.repeat(16 * 1024)}`, 'link-too-long'],
]);

table('Hosts: an IPv4 address is four plain decimal numbers, or refused', [
  ['socks5://0x7f.1:1080', 'bad-host'],
  ['socks5://127.1:1080', 'bad-host'],
  ['socks5://010.0.0.1:1080', 'bad-host'],
  ['socks5://2130706433:1080', 'bad-host'],
  ['socks5://256.1.1.1:1080', 'bad-host'],
  ['socks5://1.2.3.4.5:1080', 'bad-host'],
  ['socks5://１２７.1:1080', 'bad-host'],
  ['socks5://１９２.0.2.7:1080', 'socks5://192.0.2.7:1080'],
  ['socks5://a..example.com:1080', 'bad-host'],
  ['socks5://a b.example.com:1080', 'bad-host'],
  ['socks5://-a.example.com:1080', 'bad-host'],
  ['socks5://a_b.example.com:1080', 'socks5://a_b.example.com:1080'],
  ['socks5://a%2Fb.example.com:1080', 'bad-host'],
  ['socks5://[192.0.2.7]:1080', 'bad-host'],
  [`socks5://${'a'.repeat(64)}.example.com:1080`, 'bad-host'],
  [`socks5://${'a.'.repeat(127)}com:1080`, 'bad-host'],
  ['http://127.1:3128', 'bad-host'],
  ['127.1:1080', 'bad-host'],
  ['0x7f.1:1080', 'bad-host'],
  ['010.0.0.1:1080', 'bad-host'],
  ['2130706433:1080', 'bad-host'],
]);

table('HTTP and HTTPS proxies', [
  ['http://user1:s3cret@192.0.2.8:3128', 'http://user1:s3cret@192.0.2.8:3128'],
  ['http://192.0.2.8:3128/', 'http://192.0.2.8:3128'],
  ['https://px.example.com:443', 'https://px.example.com:443'],
  ['https://px.example.com:8443#Work', 'https://px.example.com:8443#Work'],
  ['HTTP://PX.example.com:80', 'http://px.example.com:80'],
  ['http://user1:s3cret@px.example.com', 'http://user1:s3cret@px.example.com:80'],
  ['https://user1:s3cret@px.example.com', 'https://user1:s3cret@px.example.com:443'],
  ['http://user1:a/b@px.example.com:3128', 'http://user1:a%2Fb@px.example.com:3128'],
  ['http://192.0.2.8:3128:user1:a/b', 'http://user1:a%2Fb@192.0.2.8:3128'],
  ['https://u:p@192.0.2.8:443?peer=px.example.com&allowInsecure=true', 'https://u:p@192.0.2.8:443?sni=px.example.com&allowInsecure=1'],
  ['https://px.example.com:8443?sni=a.example.com#T', 'https://px.example.com:8443?sni=a.example.com#T'],
  ['https://px.example.com:8443?sni=a.example.com&token=1', 'is-subscription'],
  ['https://px.example.com?sni=a.example.com', 'is-subscription'],
  ['http://px.example.com:80?sni=a.example.com', 'is-subscription'],
  ['https://example.com/sub?token=abc', 'is-subscription'],
  ['https://example.com:8443/sub', 'is-subscription'],
  ['https://example.com', 'is-subscription'],
  ['http://example.com?a=b', 'is-subscription'],
  ['https://example.com/@someone', 'is-subscription'],
  ['https://example.com:8443/@someone', 'is-subscription'],
  ['https://user:pw@example.com/sub', 'is-subscription'],
]);

table('Bare lists', [
  ['192.0.2.8:3128', 'auto://192.0.2.8:3128'],
  ['px.example.com:3128', 'auto://px.example.com:3128'],
  ['localhost:3128', 'auto://localhost:3128'],
  ['192.0.2.8:3128:user1:s3cret', 'auto://user1:s3cret@192.0.2.8:3128'],
  ['192.0.2.8:3128:user1:s3:cret', 'auto://user1:s3%3Acret@192.0.2.8:3128'],
  ['192.0.2.8:3128:1234:5678', 'auto://1234:5678@192.0.2.8:3128'],
  ['user1:s3cret@px.example.com:1080', 'auto://user1:s3cret@px.example.com:1080'],
  ['user1:s3@cr:et@px.example.com:1080', 'auto://user1:s3%40cr%3Aet@px.example.com:1080'],
  ['px.example.com:1080@user1:s3cret', 'auto://user1:s3cret@px.example.com:1080'],
  ['user1:s3cret:192.0.2.8:1080', 'auto://user1:s3cret@192.0.2.8:1080'],
  ['user1:1234:192.0.2.8:1080', 'auto://user1:1234@192.0.2.8:1080'],
  ['[2001:db8::1]:1080', 'auto://[2001:db8::1]:1080'],
  ['[2001:db8::1]:1080:user:pass', 'auto://user:pass@[2001:db8::1]:1080'],
  ['user:pass@[2001:db8::1]:1080', 'auto://user:pass@[2001:db8::1]:1080'],
  ['auto://user:pass@192.0.2.8:3128#Name', 'auto://user:pass@192.0.2.8:3128#Name'],
  ['auto://192.0.2.8', 'no-port'],
  ['2001:db8::8:1080', 'ipv6-brackets'],
  ['2001:db8:0:0:0:0:0:8:1080', 'ipv6-brackets'],
  ['[2001:db8::8]', 'no-port'],
  ['192.0.2.8', 'no-port'],
  ['192.0.2.8:70000', 'bad-port'],
  ['192.0.2.8:0', 'bad-port'],
  ['px.example.com:70000', 'bad-port'],
  [':1080', 'no-host'],
  ['user@mail.example.com', 'no-link'],
  ['user@mail.example.com:25', 'no-link'],
  ['mailto:user@mail.example.com:25', 'no-link'],
  ['12:30', 'no-link'],
  ['12:30:45', 'no-link'],
  ['10:20:30:40', 'no-link'],
  ['2026-01-02T12:30:45', 'no-link'],
  ['00:1a:2b:3c:4d:5e', 'no-link'],
  ['engine.ts:120', 'no-link'],
  ['engine.ts:120:5:9', 'no-link'],
  ['Note:1', 'no-link'],
  ['', 'no-link'],
]);

const uuid = 'b831381d-6324-4d53-ad4f-8cda48b30811';
const secrets: Record<string, string> = { ss: 'aes-256-gcm:key@', trojan: 'key@', vless: `${uuid}@`, vmess: `${uuid}@` };

describe('Schemes', () => {
  for (const [scheme, name] of knownSchemes) {
    if (hasOwnFormat(scheme)) continue;
    test(`${scheme} is kept as it is`, () => {
      const link = `${scheme}://abc@192.0.2.1:443/?x=1&Y=a+b#x`;
      const { notSpoken, link: kept, label, address } = parseLink(link);
      assert.deepEqual({ notSpoken, kept, label, address }, { notSpoken: name, kept: link, label: 'x', address: '192.0.2.1:443' });
    });
  }
  for (const [scheme, name] of programSchemes) {
    test(`${scheme} is refused by name`, () =>
      assert.equal(outcome(`${scheme}://abc`), scheme === 'ssconf' ? 'is-subscription' : `not-spoken: ${name}`));
  }
  test('an unknown one is refused by its scheme', () => assert.equal(outcome('Foo+Bar://secret@192.0.2.1:1'), 'unknown-scheme: foo+bar'));
  test('every spoken one is read', () => {
    for (const scheme of protocols.flatMap(({ schemes }) => schemes))
      assert.equal(parseLink(`${scheme}://${secrets[scheme] ?? ''}192.0.2.1:81`).address, '192.0.2.1:81');
  });
  test('none is both spoken and known as not spoken', () => {
    for (const scheme of protocols.flatMap(({ schemes }) => schemes)) assert.ok(!knownSchemes.has(scheme), scheme);
  });
});
