import { describe, expect, test } from 'vitest';
import { locationOf, redirectTarget } from './redirect-target.js';

const http = () => false;

describe('locationOf', () => {
  test.each([301, 302, 303, 307, 308])('%i with a Location is a redirect', (status) => {
    expect(locationOf(status, { location: '/x' }, 'http://a.test/')).toBe('/x');
  });

  test.each([200, 201, 300, 304, 305, 306, 309, 401])('%i is none', (status) => {
    expect(locationOf(status, { location: '/x' }, 'http://a.test/')).toBeUndefined();
  });

  test.each([
    ['no Location', {}],
    ['an empty Location', { location: '' }],
    ['empty Locations', { location: ['', ''] }],
  ])('%s says nothing', (_what, headers) => {
    expect(locationOf(302, headers, 'http://a.test/')).toBeUndefined();
  });

  test('the same Location twice counts once', () => {
    expect(locationOf(302, { location: ['/x', '', '/x'] }, 'http://a.test/')).toBe('/x');
  });

  test('different Locations are an error', () => {
    expect(() => locationOf(302, { location: ['/x', '/y'] }, 'http://u:p@a.test/')).toThrow(
      expect.objectContaining({ code: 'ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION', url: 'http://a.test/' }),
    );
  });
});

/** Text as it comes from the wire: one character per byte. */
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

describe('redirectTarget', () => {
  test.each([
    ['absolute', 'https://b.test:8443/x?y', 'https://b.test:8443/x?y'],
    ['other case of the scheme', 'HTTP://B.test/', 'http://b.test/'],
    ['without scheme', '//b.test/x', 'http://b.test/x'],
    ['absolute path', '/x', 'http://a.test/x'],
    ['relative path', 'x', 'http://a.test/dir/x'],
    ['parent', '../x', 'http://a.test/x'],
    ['query alone', '?x', 'http://a.test/dir/page?x'],
    ['spaces around', '  /x\t', 'http://a.test/x'],
    ['a space inside', '/a b', 'http://a.test/a%20b'],
    ['a path that looks like a host', '/.//b.test/x', 'http://a.test//b.test/x'],
    ['UTF-8 in the path', utf8('/bücher/€?q=ü'), 'http://a.test/b%C3%BCcher/%E2%82%AC?q=%C3%BC'],
    ['Latin-1 in the path', '/b\xfccher', 'http://a.test/b%FCcher'],
    ['UTF-8 in the host', utf8('http://bücher.test/'), 'http://xn--bcher-kva.test/'],
    ['percent-encoding', '/%7Ex%2Fy', 'http://a.test/%7Ex%2Fy'],
  ])('%s', (_what, location, expected) => {
    expect(redirectTarget(location, new URL('http://a.test/dir/page?q'), http).href).toBe(expected);
  });

  test.each([
    ['inherits the fragment', '/x', 'http://a.test/x#old'],
    ['has a fragment of its own', '/x#new', 'http://a.test/x#new'],
    ['crosses origins and inherits the fragment', 'http://b.test/', 'http://b.test/#old'],
    ['is nothing but a fragment', '#new', 'http://a.test/#new'],
  ])('%s', (_what, location, expected) => {
    expect(redirectTarget(location, new URL('http://a.test/#old'), http).href).toBe(expected);
  });

  test.each([
    ['file:///etc/passwd', 'ERR_UNSAFE_REDIRECT'],
    ['data:text/html,x', 'ERR_UNSAFE_REDIRECT'],
    ['about:blank', 'ERR_UNSAFE_REDIRECT'],
    ['blob:http://a.test/1', 'ERR_UNSAFE_REDIRECT'],
    ['javascript:alert(1)', 'ERR_UNSAFE_REDIRECT'],
    ['ftp://a.test/', 'ERR_UNKNOWN_URL_SCHEME'],
    ['ws://a.test/', 'ERR_UNKNOWN_URL_SCHEME'],
    ['app://x/', 'ERR_UNKNOWN_URL_SCHEME'],
    ['mailto:a@a.test', 'ERR_UNKNOWN_URL_SCHEME'],
    ['http://', 'ERR_INVALID_REDIRECT'],
    ['http://a.test:99999/', 'ERR_INVALID_REDIRECT'],
    ['http://a b/', 'ERR_INVALID_REDIRECT'],
    ['https://[::1/', 'ERR_INVALID_REDIRECT'],
  ])('%s → %s', (location, code) => {
    expect(() => redirectTarget(location, new URL('http://a.test/'), http)).toThrow(expect.objectContaining({ code }));
  });

  test('a scheme may be accepted', () => {
    const accepts = (scheme: string) => scheme === 'app';
    expect(redirectTarget('app://x/y', new URL('http://a.test/'), accepts).href).toBe('app://x/y');
    expect(() => redirectTarget('file:///x', new URL('http://a.test/'), accepts)).toThrow('ERR_UNSAFE_REDIRECT');
  });
});
