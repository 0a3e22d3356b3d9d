import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkError } from '../../main/engine/errors.ts';
import { define, defineWay, noLogin } from '../rigs/connecting.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const address = { host: 'px.example.com', port: 1080 };

test('the canonical link has the port always, and login and name only where there are any', () => {
  assert.equal(define('socks5h', address).link, 'socks5://px.example.com:1080');
  assert.equal(define('socks', { host: '2001:db8::7', port: 443 }).link, 'socks5://[2001:db8::7]:443');
  assert.equal(
    define('https', { host: '192.0.2.1', port: 443 }, noLogin, 'Дом #1').link,
    'https://192.0.2.1:443#%D0%94%D0%BE%D0%BC%20%231',
  );
  const login = { username: 'us:er', password: 'p@ss/+=%' };
  assert.equal(define('auto', address, login).link, 'auto://us%3Aer:p%40ss%2F%2B%3D%25@px.example.com:1080');
});

test('a user name alone keeps its colon, as base64 of a login has none', () => {
  assert.equal(define('socks4', address, { username: 'dTpw', password: '' }).link, 'socks4://dTpw:@px.example.com:1080');
  assert.equal(define('http', address, { username: '', password: 'p' }).link, 'http://:p@px.example.com:1080');
});

test('half a surrogate pair does no harm', () => {
  assert.equal(define('http', address, noLogin, 'a\ud800').link, 'http://px.example.com:1080#a%EF%BF%BD');
});

test('label, address and encryption are for people', () => {
  const { label, address: shown, encrypted, protocol } = define('https', { host: '::1', port: 443 }, noLogin, 'Home');
  assert.deepEqual({ label, shown, encrypted, protocol }, { label: 'Home', shown: '[::1]:443', encrypted: true, protocol: 'HTTPS' });
  assert.equal(define('socks5', address, { username: 'u', password: 'p' }).label, 'px.example.com:1080');
  assert.equal(define('socks5', address).encrypted, false);
});

test('nobody is said to read along where nothing is ever sent', () => {
  const id = { username: 'b831381d-6324-4d53-ad4f-8cda48b30811', password: '' };
  for (const query of [{ security: 'reality' }, { encryption: 'mlkem768x25519plus.native.1rtt.AAAA' }])
    assert.equal(defineWay({ scheme: 'vless', login: id, query }, address).encrypted, true);
  assert.equal(defineWay({ scheme: 'vless', login: id }, address).encrypted, false);
});

test('a login that the protocol cannot carry is refused', () => {
  const code = (scheme: string, username: string, password: string) => {
    try {
      define(scheme, address, { username, password });
    } catch (error) {
      return error instanceof LinkError && error.code;
    }
    return null;
  };
  assert.equal(code('socks4', 'u', 'p'), 'login-not-possible');
  assert.equal(code('socks4a', '', 'p'), 'login-not-possible');
  assert.equal(code('socks4a', 'a\0b', ''), 'bad-encoding');
  assert.equal(code('socks5', 'я'.repeat(128), ''), 'login-too-long');
  assert.equal(code('auto', '', 'p'.repeat(256)), 'login-too-long');
  assert.equal(code('socks5', 'u'.repeat(255), 'p'.repeat(255)), null);
  assert.equal(code('http', 'u'.repeat(300), 'p'.repeat(300)), null);
});
