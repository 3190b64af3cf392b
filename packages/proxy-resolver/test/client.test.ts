import type { HostResolver } from '@netloom/contracts';
import { type Client, createClient } from '@netloom/core';
import { createLab, type HttpProxy, type Lab, type Origin } from '@netloom/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfiguredProxyResolver, createProxyResolver, type ProxyConfig } from '../src/index.js';
import { eventually } from './support/eventually.js';
import { ManualClock } from './support/manual-clock.js';
import { pacOf, returning } from './support/resolver.js';

const FIVE_MINUTES = 300_000;
const TWELVE_HOURS = 12 * 3600_000;

let lab: Lab;
let origin: Origin;
let url: string;
let clock: ManualClock;
let client: Client;
let resolver: ConfiguredProxyResolver;
/** Connections that were tried, by the name of the proxy: each looks it up once. */
let attempts: Record<string, number>;

beforeEach(async () => {
  lab = await createLab();
  origin = await lab.origin({ protocol: 'http' });
  lab.dns.set('web.corp.test', ['127.0.0.1']);
  url = `http://web.corp.test:${origin.port}/echo`;
  clock = new ManualClock();
  attempts = {};
});
afterEach(async () => {
  await client.destroy();
  resolver.close();
  await lab.close();
});

/** The client's names; PAC scripts have names of their own. */
const names: HostResolver = {
  lookup(name, options) {
    attempts[name] = (attempts[name] ?? 0) + 1;
    return lab.dns.lookup(name, options);
  },
};

function connect(config: ProxyConfig, scriptNames: HostResolver = lab.dns): void {
  resolver = createProxyResolver(config, { clock, hostResolver: scriptNames, networkSignature: () => '' });
  client = createClient({ proxy: resolver, hostResolver: names });
}

/** Status and route of a request, or why it failed. */
async function ask(): Promise<string> {
  try {
    const { statusCode, route, body } = await client.request(url);
    await body.dump();
    return `${statusCode} ${route?.replace(/:\d+$/, '')}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const askMany = async (count: number) => [...new Set(await Promise.all(Array.from({ length: count }, ask)))];

/** A proxy under a name of its own. */
async function proxy(name: string, dead = false): Promise<HttpProxy> {
  lab.dns.set(name, ['127.0.0.1']);
  return lab.proxy(dead ? { fault: { kind: 'refuse' } } : {});
}

describe('a dead proxy', () => {
  it('is known to be dead before its first request has an answer from another', async () => {
    const dead = await proxy('dead.corp.test', true);
    const alive = await proxy('alive.corp.test');
    await alive.setFault({ kind: 'stall', at: 'request', first: 1 });
    connect({ proxyRules: `dead.corp.test:${dead.port},alive.corp.test:${alive.port}` });
    const first = ask();
    await alive.until(({ stats }) => stats.faults === 1);
    expect(await askMany(5)).toEqual(['200 http://alive.corp.test']);
    expect(attempts['dead.corp.test']).toBe(1);
    await client.destroy();
    expect(await first).toMatch(/^ERR_/);
  });

  it('delays one request in five minutes while another works', async () => {
    const dead = await proxy('dead.corp.test', true);
    const alive = await proxy('alive.corp.test');
    const list = `PROXY dead.corp.test:${dead.port}; PROXY alive.corp.test:${alive.port}; DIRECT`;
    connect({ pacScript: pacOf(returning(list)) });
    expect(await askMany(20)).toEqual(['200 http://alive.corp.test']);
    expect(await askMany(20)).toEqual(['200 http://alive.corp.test']);
    expect(attempts['dead.corp.test']).toBe(1);
    clock.advance(FIVE_MINUTES);
    expect(await askMany(20)).toEqual(['200 http://alive.corp.test']);
    expect(attempts['dead.corp.test']).toBe(2);
    expect(origin.stats.requests).toBe(60);
  });

  it('is the first again when it is alive after five minutes', async () => {
    const first = await proxy('first.corp.test', true);
    const second = await proxy('second.corp.test');
    connect({ proxyRules: `first.corp.test:${first.port},second.corp.test:${second.port}` });
    expect(await ask()).toBe('200 http://second.corp.test');
    await first.setFault(undefined);
    expect(await ask()).toBe('200 http://second.corp.test');
    clock.advance(FIVE_MINUTES);
    expect(await ask()).toBe('200 http://first.corp.test');
  });

  it('among others that are dead is asked by one connect at a time, and found when it comes back', async () => {
    const one = await proxy('one.corp.test', true);
    const two = await proxy('two.corp.test', true);
    connect({ proxyRules: `one.corp.test:${one.port},two.corp.test:${two.port}` });
    expect(await askMany(20)).toEqual(['ERR_PROXY_CONNECTION_FAILED']);
    expect(attempts).toEqual({ 'one.corp.test': 1, 'two.corp.test': 1 });
    await two.setFault(undefined);
    expect(await askMany(20)).toEqual(['200 http://two.corp.test']);
    expect(attempts['one.corp.test']).toBe(2);
    expect(await askMany(20)).toEqual(['200 http://two.corp.test']);
    expect(attempts['one.corp.test']).toBe(2);
  });
});

it('a request is not repeated by way of another proxy once it was sent', async () => {
  const breaking = await proxy('breaking.corp.test');
  const other = await proxy('other.corp.test');
  await breaking.setFault({ kind: 'reset', at: 'request' });
  connect({ proxyRules: `breaking.corp.test:${breaking.port},other.corp.test:${other.port}` });
  expect(await ask()).toMatch(/^ERR_(CONNECTION_RESET|EMPTY_RESPONSE)$/);
  expect(other.stats.requests).toBe(0);
  await breaking.setFault(undefined);
  expect(await ask()).toBe('200 http://breaking.corp.test');
});

describe('the server of the PAC script', () => {
  it('may be down at the start and during a run', async () => {
    const alive = await proxy('alive.corp.test');
    const script = returning(`PROXY alive.corp.test:${alive.port}`);
    const server = await lab.pacServer({ script, fault: { kind: 'refuse' } });
    connect({ pacScript: server.url });
    let changes = 0;
    resolver.on('change', () => {
      changes += 1;
    });
    expect(await askMany(5)).toEqual(['200 direct://']);

    await server.setFault(undefined);
    clock.advance(8000);
    await eventually(() => expect(changes).toBe(1));
    expect(await askMany(5)).toEqual(['200 http://alive.corp.test']);

    await server.setFault({ kind: 'stall', at: 'request' });
    expect(await askMany(5)).toEqual(['200 http://alive.corp.test']);
    clock.advance(TWELVE_HOURS);
    // Nobody waits while the script is looked for again.
    expect(await ask()).toBe('200 http://alive.corp.test');
    await server.until(({ stats }) => stats.faults === 1);
    await server.setFault({ kind: 'refuse' });
    server.closeConnections({ reset: true });
    await eventually(() => expect(changes).toBe(2));
    expect(await askMany(5)).toEqual(['200 direct://']);
  });
});

describe('DNS, asked by a script', () => {
  const script = (port: number) =>
    `function FindProxyForURL(url, host) {
       return isResolvable('intranet.corp.test') ? 'DIRECT' : 'PROXY outside.corp.test:${port}';
     }`;

  it.each([
    ['fails', Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' })],
    ['does not know the name', Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })],
  ])('that %s answers nothing', async (_, error) => {
    const outside = await proxy('outside.corp.test');
    connect({ pacScript: pacOf(script(outside.port)) }, { lookup: () => Promise.reject(error) });
    expect(await askMany(5)).toEqual(['200 http://outside.corp.test']);
  });

  it('that is slow is waited for by those who need it, for ten seconds', async () => {
    const outside = await proxy('outside.corp.test');
    let asked = 0;
    const slow: HostResolver = {
      lookup: (_, options) => {
        asked += 1;
        return new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
        });
      },
    };
    connect({ pacScript: pacOf(script(outside.port)) }, slow);
    const answers = askMany(5);
    await eventually(() => expect(asked).toBe(1));
    clock.advance(10_000);
    expect(await answers).toEqual(['200 http://outside.corp.test']);
    expect(asked).toBe(1);
  });
});
