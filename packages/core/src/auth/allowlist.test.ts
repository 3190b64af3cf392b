import { describe, expect, it } from 'vitest';
import { AmbientAllowlist } from './allowlist.js';

describe('AmbientAllowlist', () => {
  it('trusts proxies always, and servers only where the list says so', () => {
    const none = new AmbientAllowlist(undefined);
    expect(none.allows('proxy', 'http://web.test/')).toBe(true);
    expect(none.allows('server', 'http://web.test/')).toBe(false);
    expect(new AmbientAllowlist('').allows('server', 'http://web.test/')).toBe(false);
    const some = new AmbientAllowlist('*.corp.test, https://web.test:8443');
    expect(some.allows('server', 'http://wiki.corp.test/')).toBe(true);
    expect(some.allows('server', 'https://web.test:8443/x')).toBe(true);
    expect(some.allows('server', 'http://web.test:8443/x')).toBe(false);
    expect(some.allows('server', 'http://corp.test.evil.test/')).toBe(false);
  });

  it('does not trust the machine itself unless it is named', () => {
    const urls = ['http://localhost/', 'http://127.0.0.1/', 'http://[::1]/'];
    expect(urls.filter((url) => new AmbientAllowlist('*.corp.test').allows('server', url))).toEqual([]);
    expect(urls.filter((url) => new AmbientAllowlist('localhost, 127.0.0.0/8').allows('server', url))).toEqual([
      'http://localhost/',
      'http://127.0.0.1/',
    ]);
  });

  it('may be a function, whose answer may change', () => {
    let trusted = 'http://one.test/';
    const list = new AmbientAllowlist((url) => url === trusted);
    expect(list.allows('server', 'http://one.test/')).toBe(true);
    trusted = 'http://other.test/';
    expect(list.allows('server', 'http://one.test/')).toBe(false);
    expect(list.allows('proxy', 'http://one.test/')).toBe(true);
  });

  it('refuses what is no text', () => {
    expect(() => new AmbientAllowlist(['*.corp.test'] as never)).toThrow(
      new TypeError('The allowlist must be a string of host rules such as "*.corp.test", not object'),
    );
  });
});
