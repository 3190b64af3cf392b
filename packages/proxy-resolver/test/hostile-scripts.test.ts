import type { HostResolver, NetError, PacLimits } from '@netloom/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ConfiguredProxyResolver, createProxyResolver } from '../src/index.js';
import { servePac } from './support/pac-server.js';

/** Scripts as a hostile server gives them out, run as a program runs them: fetched, and in a worker. */
let server: Awaited<ReturnType<typeof servePac>>;
let asked = 0;
let problems: NetError[] = [];
beforeAll(async () => {
  server = await servePac('');
});
afterAll(() => server.close());
afterEach(() => {
  asked = 0;
  problems = [];
});

const hostResolver: HostResolver = {
  lookup: async () => {
    asked += 1;
    throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
  },
};

function resolverOf(script: string, limits: PacLimits): ConfiguredProxyResolver {
  server.answer = { body: script };
  const resolver = createProxyResolver({ pacScript: server.url }, { hostResolver, pac: { limits } });
  resolver.on('problem', (problem) => problems.push(problem));
  return resolver;
}

/** What the script does to the one host, how that is called, and what the error says. */
const ATTACKS: readonly (readonly [string, string, RegExp])[] = [
  ['loops', 'for (;;);', /stopped after 300 ms/],
  // The empty catch is the attack: a script that swallows the error by which it is stopped.
  ['loops and catches', 'for (;;) try { for (;;); } catch (e) {}', /stopped after 300 ms/],
  ['recurses', 'return (function f() { return f() + f() })()', /RangeError|went too deep/],
  ['allocates 1 GB', 'var a = []; for (;;) a.push(new ArrayBuffer(1e6))', /more than 64 MiB/],
  ['searches for ever', 'return /^(a+)+$/.test("a".repeat(50) + "b")', /stopped after 300 ms/],
  ['has a getter that throws', 'return { get x() { throw new Error("got") } }.x', /Error: got/],
  ['has a getter that loops', 'throw Object.defineProperty(new Error(), "name", { get() { for (;;); } })', /stopped/],
  ['returns an object', 'return { toString: function () { return "PROXY evil:1" } }', /did not return a string/],
  ['returns a promise', 'return Promise.resolve("PROXY evil:1")', /did not return a string/],
  ['returns what is not ASCII', 'return "PROXY b\\u00fccher.test:1"', /non-ASCII/],
  ['looks for the process', 'return dnsResolve.constructor("return process")().pid + ""', /process is not defined/],
  [
    'looks for modules',
    'return globalThis.constructor.constructor("return require")()("fs")',
    /require is not defined/,
  ],
  // The last one, because its traces stay.
  [
    'pollutes prototypes',
    'Object.prototype.then = Array.prototype.map = 1; String.prototype.slice = null; return 1',
    /string/,
  ],
];

describe('a script', () => {
  let resolver: ConfiguredProxyResolver;
  const ask = async (url: string) => (await resolver.resolve(new URL(url))).pac;

  beforeAll(() => {
    const attacks = ATTACKS.map(([, body], i) => `if (host === 'attack-${i}.test') { ${body} }`);
    const script = `function FindProxyForURL(url, host) { ${attacks.join('\n')} return 'PROXY good.test:1' }`;
    resolver = resolverOf(script, { runTime: 300 });
  });
  afterAll(() => resolver.close());

  it.each(ATTACKS.map(([name, , message], i) => [name, message, i] as const))(
    'that %s fails for that request, says why, and goes on',
    async (_, message, i) => {
      expect(await ask(`http://attack-${i}.test/`)).toBe('DIRECT');
      expect(problems.map(({ code }) => code)).toEqual(['ERR_PAC_SCRIPT_FAILED']);
      expect(problems[0]?.message).toContain(server.url);
      expect(problems[0]?.message).toMatch(message);
      expect(await ask('http://other.test/')).toBe('PROXY good.test:1');
    },
  );
});

it('a script that asks for 100 000 names gets 20 asked', async () => {
  const script = `function FindProxyForURL(url, host) {
    for (var i = 0; i < 100000; i++) dnsResolve('h' + i + '.test');
    return 'PROXY good.test:1';
  }`;
  const resolver = resolverOf(script, { runTime: 10_000 });
  expect((await resolver.resolve(new URL('http://web.test/'))).pac).toBe('PROXY good.test:1');
  expect(asked).toBe(20);
  resolver.close();
});

it('a script that redefines helpers changes its own', async () => {
  const script = `
    function shExpMatch() { return 'PROXY ' }
    function dnsResolve() { return '10.0.0.1' }
    function FindProxyForURL(url, host) {
      return isInNet(host, '10.0.0.0', '255.0.0.0') ? shExpMatch() + dnsResolve(host) + ':1' : 'DIRECT';
    }`;
  const resolver = resolverOf(script, {});
  expect((await resolver.resolve(new URL('http://web.test/'))).pac).toBe('PROXY 10.0.0.1:1');
  expect(asked).toBe(0);
  resolver.close();
});

it.each([
  ['of 5 MB', `/* ${'x'.repeat(5_000_000)} */ function FindProxyForURL() {}`, 'ERR_FILE_TOO_BIG', /1048576 bytes/],
  ['that loops at load', 'function FindProxyForURL() {} for (;;);', 'ERR_PAC_SCRIPT_FAILED', /stopped after 500 ms/],
  ['that nests without end', `function FindProxyForURL() {}${'('.repeat(300_000)}`, 'ERR_PAC_SCRIPT_FAILED', /./],
  ['that is none', '<html>not found</html>', 'ERR_PAC_SCRIPT_FAILED', /does not hold the text FindProxyForURL/],
])('a script %s is not taken', async (_, script, code, message) => {
  const resolver = resolverOf(script, { loadTime: 500 });
  expect((await resolver.resolve(new URL('http://web.test/'))).pac).toBe('DIRECT');
  expect(problems).toEqual([expect.objectContaining({ code, message: expect.stringMatching(message) })]);
  expect(problems[0]?.message).toContain(server.url);
  resolver.close();
});
