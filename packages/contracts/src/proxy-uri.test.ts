import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRoute } from './proxy.js';
import { formatPacElement, formatProxyUri, parsePacElement, parsePacResult, parseProxyUri } from './proxy-uri.js';

describe('parseProxyUri', () => {
  it.each([
    ['quic://q.test', 'quic://q.test:443'],
    ['h\t', 'http://h:80'],
    ['socks://[::1]', 'socks5://[::1]:1080'],
    ['bad host:1', 'http://bad%20host:1'],
  ])('reads %j', (uri, description) => {
    expect(describeRoute(parseProxyUri(uri, { quic: true })!)).toBe(description);
  });

  it.each([
    'quic://q.test',
    'ftp://h',
    '://h',
    'constructor://h',
    'socks4a://h',
    'http://h/',
    'h\n',
    '\u00a0h',
    'http://u@h',
  ])('refuses %j', (uri) => {
    expect(parseProxyUri(uri)).toBeUndefined();
  });

  it('reads what it wrote', () => {
    const uri = fc.tuple(
      fc.constantFrom('', 'http://', 'https://', 'socks4://', 'socks5://'),
      fc.oneof(
        fc.domain(),
        fc.ipV4(),
        fc.ipV6().map((ip) => `[${ip}]`),
      ),
      fc.integer({ min: 0, max: 65535 }),
    );
    fc.assert(
      fc.property(uri, ([scheme, host, port]) => {
        const route = parseProxyUri(`${scheme}${host}:${port}`)!;
        expect(parseProxyUri(formatProxyUri(route))).toEqual(route);
        expect(parsePacElement(formatPacElement(route))).toEqual(route);
      }),
    );
  });
});

describe('parsePacResult', () => {
  it('takes any string without throwing and never returns nothing', () => {
    const text = fc.string({ unit: fc.constantFrom(...'PROXYSOCKS5DIRECThttp:/@[]; \t.0129\u0000ü') });
    fc.assert(
      fc.property(text, (result) => {
        expect(parsePacResult(result).length).toBeGreaterThan(0);
      }),
    );
  });

  it('takes megabytes of nonsense', () => {
    expect(parsePacResult(`${' '.repeat(2_000_000)}X`)).toEqual([{ proxy: undefined }]);
    expect(parsePacResult('P;'.repeat(200_000))).toEqual([{ proxy: undefined }]);
    expect(parsePacResult(`PROXY ${'a'.repeat(2_000_000)}`)).toEqual([{ proxy: undefined }]);
  });
});

describe('formatting', () => {
  it('never writes credentials', () => {
    const route = {
      proxy: { scheme: 'http', host: 'h', port: 1, credentials: { username: 'u', password: 'p' } },
    } as const;
    expect(formatProxyUri(route)).toBe('h:1');
    expect(formatPacElement(route)).toBe('PROXY h:1');
  });

  it('names SOCKS4a', () => {
    expect(formatPacElement({ proxy: { scheme: 'socks4a', host: 'h', port: 1 } })).toBe('SOCKS4A h:1');
  });
});
