import type { NetError } from '@netloom/contracts';
import { createLab, type Fault, type Lab } from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labConnector, opening, via } from '../../test/support/connecting.js';
import { ipv6Bytes } from './socks5.js';

let lab: Lab;

beforeAll(async () => {
  lab = await createLab();
  lab.dns.set('six.test', ['2001:db8::1']);
  lab.dns.set('both.test', ['2001:db8::1', '127.0.0.1']);
});

afterAll(() => lab.close());

test.each([
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:DB8::8:800:200C:417A', '20010db80000000000080800200c417a'],
  ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
])('bytes of %s', (address, hex) => expect(ipv6Bytes(address).toString('hex')).toBe(hex));

describe('what the proxy is asked for', () => {
  test.each([
    ['socks5', 'http://web.test:1', 'web.test:1', {}],
    ['socks5', 'http://192.0.2.7:1', '192.0.2.7:1', {}],
    ['socks5', 'http://both.test:1', '2001:db8:0:0:0:0:0:1:1', { resolveAt: 'client' }],
    ['socks5', 'http://[2001:db8::1]:1', '2001:db8:0:0:0:0:0:1:1', {}],
    ['socks4a', 'http://web.test:1', 'web.test:1', {}],
    ['socks4a', 'http://192.0.2.7:1', '192.0.2.7:1', {}],
    ['socks4', 'http://both.test:1', '127.0.0.1:1', {}],
  ] as const)('%s, %s', async (scheme, url, target, extra) => {
    const socks = await lab.socks({ fault: { kind: 'socks-reply', code: scheme === 'socks5' ? 5 : 91 } });
    await expect(labConnector(lab).open(opening(url, { route: via(scheme, socks, extra) }))).rejects.toThrow();
    const request = socks.log.find((event) => event.type === 'request');
    expect(request?.target.replace(/[[\]]/g, '')).toBe(target);
  });
});

describe('refusals', () => {
  const refused = async (
    scheme: 'socks4' | 'socks4a' | 'socks5',
    fault: Fault | undefined,
    url = 'http://x.test:1',
  ) => {
    const socks = await lab.socks({ ...(fault && { fault }) });
    const open = labConnector(lab).open(opening(url, { route: via(scheme, socks) }));
    await expect(open).rejects.toMatchObject({ name: 'NetError', proxy: `${scheme}://localhost:${socks.port}` });
    await socks.until(({ stats }) => stats.openConnections === 0);
    return open.then(
      () => expect.fail('the connection was opened'),
      (error: unknown) => error as NetError,
    );
  };

  test.each([
    [1, 'ERR_SOCKS_CONNECTION_FAILED', 'general failure'],
    [2, 'ERR_SOCKS_CONNECTION_FAILED', 'rules'],
    [3, 'ERR_SOCKS_CONNECTION_FAILED', 'network unreachable'],
    [4, 'ERR_ADDRESS_UNREACHABLE', 'host unreachable'],
    [5, 'ERR_SOCKS_CONNECTION_FAILED', 'refused'],
    [6, 'ERR_SOCKS_CONNECTION_FAILED', 'time to live'],
    [7, 'ERR_SOCKS_CONNECTION_FAILED', 'command'],
    [8, 'ERR_SOCKS_CONNECTION_FAILED', 'type of address'],
    [99, 'ERR_SOCKS_CONNECTION_FAILED', 'code 99'],
  ])('SOCKS5 reply %i', async (code, error, words) => {
    expect(await refused('socks5', { kind: 'socks-reply', code })).toMatchObject({
      code: error,
      detail: expect.stringContaining(words),
    });
  });

  test.each([91, 92, 93, 99])('SOCKS4 reply %i', async (code) => {
    expect(await refused('socks4a', { kind: 'socks-reply', code })).toMatchObject({
      code: 'ERR_SOCKS_CONNECTION_FAILED',
    });
  });

  test.each(['socks4a', 'socks5'] as const)('%s: nonsense, closes and resets', async (scheme) => {
    const faults: Fault[] = [
      { kind: 'socks-version' },
      { kind: 'garbage', at: 'greeting' },
      { kind: 'garbage', at: 'request' },
      { kind: 'garbage', at: 'accept' },
      { kind: 'close', at: 'greeting' },
      { kind: 'close', at: 'request' },
      { kind: 'reset', at: 'greeting' },
      { kind: 'reset', at: 'request' },
    ];
    const codes = await Promise.all(faults.map(async (fault) => (await refused(scheme, fault)).code));
    expect(new Set(codes)).toEqual(new Set(['ERR_SOCKS_CONNECTION_FAILED']));
  });

  test('names that the client cannot resolve for SOCKS4 and SOCKS5', async () => {
    expect(await refused('socks4', undefined, 'http://no.test:1')).toMatchObject({ code: 'ERR_NAME_NOT_RESOLVED' });
    expect(await refused('socks4', undefined, 'http://six.test:1')).toMatchObject({ code: 'ERR_NAME_NOT_RESOLVED' });
    expect(await refused('socks4', undefined, 'http://[::1]:1')).toMatchObject({ code: 'ERR_NAME_NOT_RESOLVED' });
    const route = via('socks5', await lab.socks(), { resolveAt: 'client' });
    const open = labConnector(lab).open(opening('http://no.test:1', { route }));
    await expect(open).rejects.toMatchObject({ code: 'ERR_NAME_NOT_RESOLVED' });
  });
});

describe('a destination of several addresses that the client looks up', () => {
  test.each([
    ['socks5', 'http://both.test:1', { resolveAt: 'client' }, 5, ['2001:db8:0:0:0:0:0:1:1', '127.0.0.1:1']],
    ['socks4', 'http://two.test:1', {}, 91, ['127.0.0.2:1', '127.0.0.1:1']],
  ] as const)('%s: each is asked for', async (scheme, url, extra, code, targets) => {
    lab.dns.set('two.test', ['127.0.0.2', '127.0.0.1']);
    const socks = await lab.socks({ fault: { kind: 'socks-reply', code } });
    await expect(labConnector(lab).open(opening(url, { route: via(scheme, socks, extra) }))).rejects.toMatchObject({
      code: 'ERR_SOCKS_CONNECTION_FAILED',
    });
    const asked = socks.log.flatMap((event) => (event.type === 'request' ? [event.target.replace(/[[\]]/g, '')] : []));
    expect(asked).toEqual(targets);
    await socks.until(({ stats }) => stats.openConnections === 0);
  });

  test('the second is used when the first cannot be reached', async () => {
    const origin = await lab.origin({ protocol: 'http' });
    lab.dns.set('second.test', ['127.0.0.2', '127.0.0.1']);
    const socks = await lab.socks({ fault: { kind: 'socks-reply', code: 4, first: 1 } });
    const route = via('socks5', socks, { resolveAt: 'client' });
    const { socket } = await labConnector(lab).open(opening(`http://second.test:${origin.port}`, { route }));
    expect(socks.stats.connections).toBe(2);
    socket.destroy();
  });

  test('a refusal that is not about the address ends it', async () => {
    const socks = await lab.socks({ fault: { kind: 'socks-reply', code: 2 } });
    const route = via('socks5', socks, { resolveAt: 'client' });
    await expect(labConnector(lab).open(opening('http://both.test:1', { route }))).rejects.toThrow();
    expect(socks.stats.connections).toBe(1);
  });
});

describe('sign-in', () => {
  const credentials = { username: 'alice', password: 'wonderland' };
  const attempt = async (server: object, client: { credentials?: typeof credentials }, scheme = 'socks5' as const) => {
    const socks = await lab.socks(server);
    const error = await labConnector(lab)
      .open(opening('http://x.test:1', { route: via(scheme, socks, client) }))
      .catch((reason: unknown) => reason as Error & { code: string });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('wonderland');
    return error;
  };

  test('a wrong password', async () => {
    expect(await attempt({ username: 'alice', password: 'x' }, { credentials })).toMatchObject({
      code: 'ERR_SOCKS_CONNECTION_FAILED',
      detail: expect.stringContaining('refused the user name and password'),
    });
  });

  test('a password that is wanted and not there', async () => {
    expect(await attempt({ username: 'alice' }, {})).toMatchObject({
      code: 'ERR_SOCKS_CONNECTION_FAILED',
      detail: expect.stringContaining('wants a user name and password'),
    });
  });

  test('texts that SOCKS cannot carry', async () => {
    const long = { username: 'ä'.repeat(128), password: 'p' };
    expect(await attempt({ username: 'x' }, { credentials: long })).toMatchObject({
      detail: expect.stringContaining('255 bytes'),
    });
    const zero = { credentials: { username: 'a\0b', password: '' } };
    const open = labConnector(lab).open(opening('http://x.test:1', { route: via('socks4a', await lab.socks(), zero) }));
    await expect(open).rejects.toMatchObject({ detail: expect.stringContaining('zero byte') });
  });
});
