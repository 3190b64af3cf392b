import { describe, expect, it } from 'vitest';
import { parseProxyUrl } from './proxy-url.js';

describe('parseProxyUrl', () => {
  it.each([
    ['proxy.test', { scheme: 'http', host: 'proxy.test', port: 80 }],
    ['proxy.test:3128', { scheme: 'http', host: 'proxy.test', port: 3128 }],
    [' HTTPS://Proxy.Test/ ', { scheme: 'https', host: 'proxy.test', port: 443 }],
    ['http://[::1]:3128', { scheme: 'http', host: '::1', port: 3128 }],
    ['socks4://p', { scheme: 'socks4', host: 'p', port: 1080 }],
    ['socks4a://p', { scheme: 'socks4a', host: 'p', port: 1080 }],
    ['socks5://p', { scheme: 'socks5', host: 'p', port: 1080, resolveAt: 'client' }],
    ['socks5h://p', { scheme: 'socks5', host: 'p', port: 1080, resolveAt: 'proxy' }],
    ['socks://p:1', { scheme: 'socks5', host: 'p', port: 1, resolveAt: 'proxy' }],
  ])('reads %s', (text, proxy) => {
    expect(parseProxyUrl(text)).toEqual(proxy);
  });

  it.each([
    ['http://u:p@h', { username: 'u', password: 'p' }],
    ['u:p@h', { username: 'u', password: 'p' }],
    ['http://u@h', { username: 'u', password: '' }],
    ['http://:p@h', { username: '', password: 'p' }],
    ['http://CORP%5Cu:p%3A%40%2F@h', { username: 'CORP\\u', password: 'p:@/' }],
    ['http://u:a@b@h', { username: 'u', password: 'a@b' }],
    ['http://u:a:b@h', { username: 'u', password: 'a:b' }],
    ['http://u:100%@h', { username: 'u', password: '100%' }],
    ['http://%C3%BC:%E2%82%AC@h', { username: 'ü', password: '€' }],
  ])('takes the credentials of %s', (text, credentials) => {
    expect(parseProxyUrl(text).credentials).toEqual(credentials);
  });

  it('takes a URL object', () => {
    expect(parseProxyUrl(new URL('http://u:s%20x@proxy.test:80'))).toEqual({
      scheme: 'http',
      host: 'proxy.test',
      port: 80,
      credentials: { username: 'u', password: 's x' },
    });
  });

  it.each([
    ['', /it is empty/],
    ['ftp://h', /none of http, https, socks4, socks4a, socks5, socks5h, socks/],
    ['constructor://h', /its scheme/],
    ['http://', /no host/],
    ['http://u:p@', /no host/],
    ['http://:80', /no host/],
    ['http://h:', /port/],
    ['http://h:0', /port/],
    ['http://h:65536', /port/],
    ['http://h:x', /port/],
    ['http://::1', /IPv6 address needs brackets/],
    ['http://a b', /host is not valid/],
    ['http://h/path', /something follows/],
    ['http://user:1/secret@h', /percent-encoded/],
    ['http://u:%FF@h', /password is not UTF-8/],
    ['http://u%0d%0ax:p@h', /user name holds control characters/],
    [7, /string or a URL/],
    [undefined, /string or a URL/],
  ])('refuses %j', (text, message) => {
    expect(() => parseProxyUrl(text as string)).toThrow(message);
  });

  it('never repeats a password in an error', () => {
    for (const text of ['http://u:hunter2@h:x', 'http://u:hunter2#@h', 'foo://u:hunter2@h', 'http://u:hunter2%FF@h']) {
      expect(() => parseProxyUrl(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
      );
    }
  });
});
