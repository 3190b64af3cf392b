import type { Echo } from '@netloom/lab';
import { describe, expect, test, vi } from 'vitest';
import { type CertificateVerifyRequest, type ClientRequestConstructorOptions, net, session } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

const environment = useLab();
const errorOf = (url: string) => environment.session.fetch(url).then(String, (error: Error) => error.message);

test('a session has one object for its name; the empty name is the default session', () => {
  expect(session.fromPartition('')).toBe(session.defaultSession);
  expect(session.fromPartition('a')).toBe(session.fromPartition('a'));
  expect(session.fromPartition('a')).not.toBe(session.fromPartition('b'));
  expect(() => session.fromPartition(1 as never)).toThrow('`partition` should be a string');
});

describe('certificates', () => {
  test('are checked without a procedure', async () => {
    const unknown = await environment.lab.origin({ protocol: 'https' });
    expect(await errorOf(unknown.url)).toBe('net::ERR_CERT_AUTHORITY_INVALID');
  });

  test.each([
    ['0 accepts', 0, '[object Response]'],
    ['-2 refuses', -2, 'net::ERR_FAILED'],
    ['-3 is the default check', -3, 'net::ERR_CERT_AUTHORITY_INVALID'],
    ['another number is its error', -206, 'net::ERR_CERT_REVOKED'],
  ])('%s, asked once', async (_name, verdict, outcome) => {
    const origin = await environment.lab.origin({ protocol: 'https' });
    const proc = vi.fn((_request: CertificateVerifyRequest, callback: (result: number) => void) => callback(verdict));
    environment.session.setCertificateVerifyProc(proc);
    expect([await errorOf(origin.url), await errorOf(origin.url)]).toEqual([outcome, outcome]);
    await environment.session.closeAllConnections();
    expect(await errorOf(origin.url)).toBe(outcome);
    expect(proc).toHaveBeenCalledTimes(1);
    const [request] = proc.mock.calls[0] as Parameters<typeof proc>;
    expect(request).toMatchObject({
      hostname: new URL(origin.url).hostname,
      verificationResult: 'net::ERR_CERT_AUTHORITY_INVALID',
      errorCode: -202,
      isIssuedByKnownRoot: false,
    });
    expect(request.certificate.data).toContain('BEGIN CERTIFICATE');
    expect(request.certificate.validExpiry).toBeGreaterThan(request.certificate.validStart);
    let depth = 0;
    for (let at: typeof request.certificate | undefined = request.certificate; at; at = at.issuerCert) depth += 1;
    expect(depth).toBeLessThan(5);
    environment.session.setCertificateVerifyProc(null);
    await environment.session.closeAllConnections();
    expect(await errorOf(origin.url)).toBe('net::ERR_CERT_AUTHORITY_INVALID');
  });

  test('a procedure that is none is refused', () => {
    expect(() => environment.session.setCertificateVerifyProc(1 as never)).toThrow('Must pass null or function');
  });

  test('a procedure of another session is not asked, and does not disturb a request under way', async () => {
    const origin = await environment.lab.origin({ protocol: 'https' });
    const other = session.fromPartition('another that verifies');
    let answer: ((result: number) => void) | undefined;
    environment.session.setCertificateVerifyProc((_request, callback) => {
      answer = callback;
    });
    const underWay = errorOf(origin.url);
    await vi.waitFor(() => expect(answer).toBeDefined());
    const asked = vi.fn((_request: CertificateVerifyRequest, callback: (result: number) => void) => callback(-2));
    other.setCertificateVerifyProc(asked);
    await expect(other.fetch(origin.url)).rejects.toThrow('net::ERR_FAILED');
    answer?.(0);
    expect(await underWay).toBe('[object Response]');
    expect(asked).toHaveBeenCalledTimes(1);
    await other.closeAllConnections();
  });

  test('the gravest objection is told', async () => {
    const origin = await environment.lab.origin({ protocol: 'https', cert: 'expired' });
    expect(await errorOf(origin.url)).toBe('net::ERR_CERT_AUTHORITY_INVALID');
  });
});

describe('HTTP/2', () => {
  const urgencies = { throttled: 'u=5', idle: 'u=4', lowest: '', low: 'u=2', medium: 'u=1', highest: 'u=0' } as const;
  const cases = Object.entries(urgencies).flatMap(([priority, urgency]) =>
    [true, false].map((incremental) => [priority, incremental, urgency] as const),
  );
  test.each(cases)('priority %s, incremental %s', async (priority, priorityIncremental, urgency) => {
    const origin = await environment.lab.origin({ protocol: 'h2' });
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    const options = { priority, priorityIncremental } as ClientRequestConstructorOptions;
    const request = net.request({ url: `${origin.url}/echo`, session: environment.session, ...options });
    const { response, text } = await answer(request);
    expect([response.httpVersion, response.httpVersionMajor]).toEqual(['2.0', 2]);
    const { headers } = JSON.parse(text) as Echo;
    const field = headers[headers.indexOf('priority') + 1];
    const expected = [urgency, priorityIncremental ? 'i' : ''].filter((part) => part !== '').join(', ');
    expect(headers.includes('priority') ? field : '').toBe(expected);
  });
});

describe('what requests call themselves', () => {
  test('is the session’s', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    environment.session.setUserAgent('Test/1', 'en-US,fr,de');
    expect(environment.session.getUserAgent()).toBe('Test/1');
    const { text } = await answer(net.request({ url: `${origin.url}/echo`, session: environment.session }));
    const { headers } = JSON.parse(text) as Echo;
    expect(headers.join('|')).toContain('User-Agent|Test/1|Accept-Language|en-US,fr;q=0.9,de;q=0.8');
  });

  test('is not what is no text', () => {
    environment.session.setUserAgent('Test/1', null as never);
    expect(() => environment.session.setUserAgent('Test/2', 5 as never)).toThrow(
      '`acceptLanguages` should be a string',
    );
    expect(() => environment.session.setUserAgent(5 as never)).toThrow('`userAgent` should be a string');
    expect(environment.session.getUserAgent()).toBe('Test/1');
  });
});

describe('names', () => {
  test('are resolved', async () => {
    expect(await net.resolveHost('127.0.0.1')).toEqual({ endpoints: [{ address: '127.0.0.1', family: 'ipv4' }] });
    expect(await environment.session.resolveHost('::1', { queryType: 'AAAA' })).toEqual({
      endpoints: [{ address: '::1', family: 'ipv6' }],
    });
  });

  test.each([
    ['nobody.invalid', {}],
    ['127.0.0.1', { queryType: 'AAAA' as const }],
  ])('%s %j cannot be', async (host, options) => {
    await expect(environment.session.resolveHost(host, options)).rejects.toThrow(/^net::ERR_NAME_NOT_RESOLVED$/);
  });

  test('the machine is online or not, by method and by property', () => {
    expect(net.online).toBe(net.isOnline());
  });
});

test('of dictionaries for compression there is none', async () => {
  const key = { frameOrigin: 'https://origin.test', topFrameSite: 'https://origin.test' };
  expect(await environment.session.getSharedDictionaryInfo(key)).toEqual([]);
  expect(await environment.session.getSharedDictionaryUsageInfo()).toEqual([]);
  expect(await environment.session.clearSharedDictionaryCache()).toBeUndefined();
  expect(await environment.session.clearSharedDictionaryCacheForIsolationKey(key)).toBeUndefined();
  const half = { frameOrigin: 'https://origin.test' } as never;
  await expect(environment.session.getSharedDictionaryInfo(half)).rejects.toThrow('`topFrameSite` should be a string');
});
