import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import type { HostAddress, HostResolver } from '@netloom/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { Opening } from './opening.js';
import { alternateFamilies, connectTcp } from './tcp.js';

const v4 = (address: string): HostAddress => ({ address, family: 4 });
const v6 = (address: string): HostAddress => ({ address, family: 6 });
const failed = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
const resolves = (...addresses: HostAddress[]): HostResolver => ({ lookup: async () => addresses });

test('addresses take turns by family, the first family first', () => {
  expect(alternateFamilies([v6('::1'), v6('::2'), v6('::3'), v4('1.1.1.1'), v4('2.2.2.2')])).toEqual([
    v6('::1'),
    v4('1.1.1.1'),
    v6('::2'),
    v4('2.2.2.2'),
    v6('::3'),
  ]);
  expect(alternateFamilies([v4('1.1.1.1'), v4('2.2.2.2')])).toEqual([v4('1.1.1.1'), v4('2.2.2.2')]);
  expect(alternateFamilies([])).toEqual([]);
});

describe('connecting', () => {
  let server: Server;
  let port: number;
  let clock: ManualClock;
  let opening: Opening;
  let abort: AbortController;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    clock = new ManualClock();
    abort = new AbortController();
    opening = new Opening(abort.signal, clock, {});
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    opening.fail(new Error('the test is over'));
    await new Promise((resolve) => server.close(resolve));
  });

  const connect = (hostResolver: HostResolver) =>
    connectTcp(opening, { host: 'web.test', port, hostResolver, highWaterMark: 65_536 });

  /**
   * Addresses of the attempts so far. Those in `stalling` do nothing until `release` lets them go on; of the others
   * loopback ones work, IPv4 ones refuse and IPv6 ones cannot be reached.
   */
  const attempts = (...stalling: string[]) => {
    const tried: string[] = [];
    const held: (() => void)[] = [];
    const original = Socket.prototype.connect;
    vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
      const [[{ host }]] = args as [[{ host: string }]];
      tried.push(host);
      if (stalling.includes(host)) held.push(() => original.apply(this, args as never));
      else if (host.startsWith('127.')) return original.apply(this, args as never);
      else this.destroy(failed(host.includes(':') ? 'ENETUNREACH' : 'ECONNREFUSED'));
      return this;
    });
    const release = () => {
      for (const go of held.splice(0)) go();
    };
    return { tried, release };
  };

  test('a resolver is told the port, and may say another', async () => {
    const lookup = vi.fn<HostResolver['lookup']>(async () => [{ address: '127.0.0.1', family: 4, port }]);
    const options = { host: 'web.test', port: 1, hostResolver: { lookup }, highWaterMark: 65_536 };
    expect((await connectTcp(opening, options)).remotePort).toBe(port);
    expect(lookup.mock.calls[0]).toMatchObject(['web.test', { port: 1 }]);
  });

  test('an address that refuses is followed at once by the next', async () => {
    const { tried } = attempts();
    const socket = await connect(resolves(v4('192.0.2.1'), v4('127.0.0.1')));
    expect(socket.remoteAddress).toBe('127.0.0.1');
    expect(tried).toEqual(['192.0.2.1', '127.0.0.1']);
    expect(clock.pending).toBe(0);
    expect(socket.readableHighWaterMark).toBe(65_536);
  });

  test('an address that does not answer is joined by the next after 250 ms', async () => {
    const { tried } = attempts('192.0.2.1', '2001:db8::1');
    const connected = connect(resolves(v6('2001:db8::1'), v4('192.0.2.1'), v4('127.0.0.1')));
    await clock.armed(250);
    clock.advance(249);
    expect(tried).toEqual(['2001:db8::1']);
    clock.advance(1);
    expect(tried).toEqual(['2001:db8::1', '192.0.2.1']);
    clock.advance(250);
    expect((await connected).remoteAddress).toBe('127.0.0.1');
    expect(clock.pending).toBe(0);
  });

  test('an earlier address may still win after a later one has failed', async () => {
    const { release } = attempts('127.0.0.1');
    const connected = connect(resolves(v4('127.0.0.1'), v4('192.0.2.1')));
    await clock.armed(250);
    clock.advance(250);
    release();
    expect((await connected).remoteAddress).toBe('127.0.0.1');
  });

  test('the error of all tells what is most worth knowing', async () => {
    attempts();
    const error = await connect(resolves(v6('2001:db8::1'), v4('192.0.2.1'))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', errors: [{ code: 'ENETUNREACH' }, { code: 'ECONNREFUSED' }] });
  });

  test('a name without an address', async () => {
    await expect(connect(resolves())).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('an abort ends all attempts', async () => {
    const { tried } = attempts('192.0.2.1', '192.0.2.2');
    const destroyed = vi.spyOn(Socket.prototype, 'destroy');
    const connected = connect(resolves(v4('192.0.2.1'), v4('192.0.2.2'), v4('127.0.0.1')));
    await clock.armed(250);
    clock.advance(250);
    expect(tried).toHaveLength(2);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(connected).rejects.toBe(reason);
    expect(new Set(destroyed.mock.contexts).size).toBe(2);
    expect(clock.pending).toBe(0);
    clock.advance(1000);
    expect(tried).toHaveLength(2);
  });

  test('an abort while the name is looked up', async () => {
    const { tried } = attempts();
    const lookup = vi.fn<HostResolver['lookup']>(async () => {
      abort.abort(new Error('enough'));
      return [v4('127.0.0.1')];
    });
    await expect(connect({ lookup })).rejects.toThrow('enough');
    expect(lookup.mock.calls[0]![1]?.signal?.aborted).toBe(true);
    expect(tried).toEqual([]);
  });
});
