import fc from 'fast-check';
import type { Dispatcher } from 'undici';
import { describe, expect, test } from 'vitest';
import type { Connector, OpenedConnection } from '../connect/types.js';
import type { Engine, EngineEvents } from '../engine/engine.js';
import type { Connection } from './connection.js';
import { Pool } from './pool.js';
import { type LayerOptions, TRANSACTION, Transaction, type TransactionAuth } from './transaction.js';

/** An engine of one request at a time, which ends when the test says so. */
class FakeEngine implements Engine {
  readonly protocol = 'http/1.1';
  readonly sentBytes = 0;
  readonly unsentBytes = 0;
  alive = true;
  #handler: Dispatcher.DispatchHandler | undefined;
  readonly #events: EngineEvents;

  constructor(events: EngineEvents) {
    this.#events = events;
  }

  get capacity(): number {
    return this.alive && this.#handler === undefined ? 1 : 0;
  }

  send(_request: unknown, handler: Dispatcher.DispatchHandler): void {
    this.#handler = handler;
    handler.onRequestStart?.(CONTROLLER, undefined);
  }

  get busy(): boolean {
    return this.#handler !== undefined;
  }

  /** The answer has come. */
  answer(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.onResponseEnd?.(CONTROLLER, {});
    this.#events.onCapacity();
  }

  answerAndClose(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.destroy();
    handler?.onResponseEnd?.(CONTROLLER, {});
  }

  close(): void {
    if (this.#handler === undefined) this.destroy();
  }

  destroy(): void {
    if (!this.alive) return;
    this.alive = false;
    this.#events.onClosed();
  }
}

const CONTROLLER = {} as Dispatcher.DispatchController;

/** A pool whose connections are made of nothing, and what it has opened, in order. */
function poolOf(limits: { total: number; perOrigin?: number }) {
  const opened: { host: string; engine: FakeEngine }[] = [];
  const connector = {
    open: async ({ destination }: Parameters<Connector['open']>[0]) => {
      const auth = { multiplexed: false, proxyIdentity: undefined, serverIdentity: undefined };
      return { socket: { host: destination.host }, alpn: undefined, auth } as unknown as OpenedConnection;
    },
  };
  const pool = new Pool({
    connector: connector as unknown as Connector,
    loadEngine:
      async () =>
      (_origin, { socket }, events) => {
        const engine = new FakeEngine(events);
        opened.push({ host: (socket as unknown as { host: string }).host, engine });
        return engine;
      },
    limits: { perOrigin: limits.total, perProxy: limits.total, ...limits },
    http2: false,
    headersMs: 0,
    bodyMs: 0,
    tunnelAuth: () => undefined,
  });
  let answered = 0;
  const request = (host: string, identity?: string) => {
    const transaction = new Transaction(undefined, false);
    transaction.auth = {
      promptContext: [],
      serverIdentity: () => identity,
      headers: ({ auth }: Connection) => {
        auth.serverIdentity = identity === undefined ? undefined : { origin: `http://${host}`, identity };
        return undefined;
      },
      awaitedChallenge: () => undefined,
    } as unknown as TransactionAuth;
    const options = { origin: `http://${host}`, path: '/', method: 'GET', headers: [], [TRANSACTION]: transaction };
    pool.dispatch(options as LayerOptions, {
      onResponseEnd: () => {
        answered += 1;
      },
    });
  };
  const hosts = () => opened.map(({ host }) => host);
  const answers = () => answered;
  return { pool, opened, request, hosts, answers };
}

/** What has begun has come as far as it can. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('pool', () => {
  test('gives the room that was made to the group that it was made for', async () => {
    const { opened, request, hosts } = poolOf({ total: 1 });
    request('a.test', 'alice');
    await settled();
    request('b.test');
    request('a.test', 'bob');
    opened[0]?.engine.answer();
    await settled();
    expect(hosts()).toEqual(['a.test', 'b.test']);
    opened[1]?.engine.answer();
    await settled();
    expect(hosts()).toEqual(['a.test', 'b.test', 'a.test']);
  });

  test('closes no more than one connection for one request, be it of the same group', async () => {
    const { opened, request } = poolOf({ total: 2 });
    request('a.test', 'alice');
    request('a.test', 'alice');
    await settled();
    for (const { engine } of opened) engine.answer();
    request('a.test', 'bob');
    await settled();
    expect(opened.map(({ engine }) => engine.alive)).toEqual([false, true, true]);
  });

  test('lets groups take turns, however many wait in one', async () => {
    const { opened, request, hosts } = poolOf({ total: 1, perOrigin: 6 });
    for (const host of ['a.test', 'a.test', 'a.test', 'a.test', 'b.test', 'b.test']) request(host);
    await settled();
    for (let i = 0; i < 6; i++) {
      // A server that closes its connection after each answer.
      opened[i]?.engine.answerAndClose();
      await settled();
    }
    expect(hosts()).toEqual(['a.test', 'a.test', 'b.test', 'a.test', 'b.test', 'a.test']);
  });

  test('does not close an idle connection to open another one like it ahead', async () => {
    const { pool, opened, request } = poolOf({ total: 1 });
    request('a.test');
    await settled();
    opened[0]?.engine.answer();
    const options = { origin: 'http://a.test', path: '/', method: 'GET', headers: [] } as unknown as LayerOptions;
    await pool.preconnect(options, new Transaction(undefined, false), 2);
    expect(opened.map(({ engine }) => engine.alive)).toEqual([true]);
  });

  test('forgets nobody who waits, whatever is closed to make room', async () => {
    const step = fc.record({
      host: fc.constantFrom('a.test', 'b.test', 'c.test'),
      identity: fc.constantFrom(undefined, 'alice', 'bob'),
      answers: fc.nat(3),
    });
    const limits = fc.record({ total: fc.integer({ min: 1, max: 4 }), perOrigin: fc.integer({ min: 1, max: 3 }) });
    const property = fc.asyncProperty(limits, fc.array(step, { maxLength: 30 }), async (limits, steps) => {
      const { opened, request, answers } = poolOf(limits);
      const busy = () => opened.filter(({ engine }) => engine.alive && engine.busy);
      for (const { host, identity, answers: count } of steps) {
        request(host, identity);
        if (count === 0) await settled();
        for (const { engine } of busy().slice(0, count)) engine.answer();
      }
      await settled();
      while (busy().length > 0) {
        expect(opened.filter(({ engine }) => engine.alive).length).toBeLessThanOrEqual(limits.total);
        for (const { engine } of busy()) engine.answer();
        await settled();
      }
      expect(answers()).toBe(steps.length);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
