import type { HostAddress, LookupOptions } from '@netloom/contracts';
import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { findMyAddresses, myIpAddress, myIpAddressEx } from './my-ip.js';
import { ScriptNetwork } from './network.js';

function make(lookup: (hostname: string, options?: LookupOptions) => Promise<readonly HostAddress[]>) {
  const clock = new ManualClock();
  const spy = vi.fn(lookup);
  return { clock, spy, network: new ScriptNetwork({ lookup: spy }, clock) };
}

const both: readonly HostAddress[] = [
  { address: '10.0.0.1', family: 4 },
  { address: 'fd00::1', family: 6 },
];
const unknown = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
const broken = () => Promise.reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' }));

describe('ScriptNetwork', () => {
  it('asks for IPv4 only, but for both families for the Ex functions', async () => {
    const { network, spy } = make(async (_, options) =>
      both.filter(({ family }) => (options?.family ?? family) === family),
    );
    expect(await network.query('dnsResolve', 'A.test')).toEqual({ value: '10.0.0.1', ttl: 60_000 });
    expect(await network.query('dnsResolveEx', 'A.test')).toEqual({ value: '10.0.0.1;fd00::1', ttl: 60_000 });
    expect(spy.mock.calls.map(([host, options]) => [host, options?.family])).toEqual([
      ['a.test', 4],
      ['a.test', undefined],
    ]);
  });

  it('asks once for what is asked at once, and again after a minute', async () => {
    const { network, spy, clock } = make(async () => both);
    await Promise.all([network.query('dnsResolve', 'a.test'), network.query('dnsResolve', 'a.test')]);
    clock.advance(59_000);
    expect(await network.query('dnsResolve', 'a.test')).toEqual({ value: '10.0.0.1', ttl: 1000 });
    expect(spy).toHaveBeenCalledOnce();
    clock.advance(1000);
    await network.query('dnsResolve', 'a.test');
    network.forget();
    await network.query('dnsResolve', 'a.test');
    expect(spy).toHaveBeenCalledTimes(3);
  });

  it('keeps a name that is unknown for a minute, a failure for five seconds', async () => {
    expect(await make(unknown).network.query('dnsResolve', 'a')).toEqual({ value: null, ttl: 60_000 });
    expect(await make(unknown).network.query('dnsResolveEx', 'a')).toEqual({ value: '', ttl: 60_000 });
    expect(await make(broken).network.query('dnsResolve', 'a')).toEqual({ value: null, ttl: 5_000 });
    expect(await make(async () => []).network.query('dnsResolve', 'a')).toEqual({ value: null, ttl: 60_000 });
  });

  it('gives a name ten seconds', async () => {
    const { network, clock } = make(
      (_, options) =>
        new Promise((_, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('late')))),
    );
    const answer = network.query('dnsResolve', 'slow.test');
    clock.advance(10_000);
    expect(await answer).toEqual({ value: null, ttl: 5_000 });
  });

  it('asks nobody for what is no name', async () => {
    const { network, spy } = make(async () => both);
    for (const host of ['', 'a/b', 'a b:', '::1::']) expect((await network.query('dnsResolve', host)).value).toBeNull();
    expect(spy).not.toHaveBeenCalled();
    await network.query('dnsResolve', 'bücher.test');
    await network.query('dnsResolve', '::1');
    expect(spy.mock.calls.map(([host]) => host)).toEqual(['xn--bcher-kva.test', '::1']);
  });
});

describe('the machine’s own addresses', () => {
  it('are chosen as scripts expect', () => {
    expect(myIpAddress(['fd00::1', '192.0.2.7'])).toBe('192.0.2.7');
    expect(myIpAddress(['fd00::1'])).toBe('fd00::1');
    expect(myIpAddress([])).toBe('127.0.0.1');
    expect(myIpAddressEx(['192.0.2.7', 'fd00::1'])).toBe('192.0.2.7;fd00::1');
    expect(myIpAddressEx([])).toBe('');
  });

  it('are never loopback', async () => {
    const addresses = await findMyAddresses({ lookup: async () => [{ address: '127.0.1.1', family: 4 }] });
    expect(addresses.filter((address) => /^(127\.|::1$)/.test(address))).toEqual([]);
  });

  it('are asked for once a minute', async () => {
    const { network } = make(unknown);
    expect(await network.query('myIpAddress', '')).toMatchObject({ value: expect.any(String), ttl: 60_000 });
    expect(await network.query('myIpAddressEx', '')).toMatchObject({ value: expect.any(String), ttl: 60_000 });
  });
});
