import { describe, expect, it } from 'vitest';
import { answer, loadScript, type TestNetwork } from '../../../test/support/scripts.js';
import { LimitError } from './sandbox.js';
import { ScriptError, type ScriptOptions } from './script.js';

/** Loads a script, and tells what it asked the network. */
async function load(source: string, network: TestNetwork = {}, options: Partial<ScriptOptions> = {}) {
  const asked: string[][] = [];
  const { script, messages } = await loadScript(source, {
    ask: async (queries) => {
      asked.push(queries.map(({ host }) => host));
      return queries.map((query) => answer(network, query));
    },
    ...options,
  });
  const find = async (url: string) => (await script.find(url, new URL(url).hostname)).result;
  return { script, find, asked, messages };
}

const returning = (expression: string) => `function FindProxyForURL(url, host) { return ${expression} }`;

describe('Script', () => {
  it('leaves no trace of a pass that missed an answer', async () => {
    const { find, asked } = await load(
      `var cache = {}, runs = 0;
       function FindProxyForURL(url, host) {
         runs++;
         if (!(host in cache)) cache[host] = dnsResolve(host);
         return 'PROXY ' + cache[host] + ':' + runs;
       }`,
      { dns: { 'a.test': '10.0.0.1' } },
    );
    expect(await find('http://a.test/')).toBe('PROXY 10.0.0.1:1');
    expect(await find('http://a.test/')).toBe('PROXY 10.0.0.1:2');
    expect(await find('http://b.test/')).toBe('PROXY null:3');
    expect(asked).toEqual([['a.test'], ['b.test']]);
  });

  it('leaves no trace at load either', async () => {
    const { find, messages } = await load(
      `var ips = []; ips.push(dnsResolve('a.test')); alert(ips.join()); ${returning('ips.join()')}`,
      { dns: { 'a.test': '10.0.0.1' } },
    );
    expect(await find('http://x/')).toBe('10.0.0.1');
    expect(messages).toEqual(['10.0.0.1']);
  });

  it('puts the machine back even when a pass made it grow', async () => {
    const { script, find } = await load(
      `var junk = [], runs = 0;
       function FindProxyForURL(url, host) {
         runs++;
         for (var i = 0; i < 20000; i++) junk.push('text number ' + i);
         return dnsResolve(host) + ' ' + runs + ' ' + junk.length;
       }`,
      { dns: { 'a.test': '10.0.0.1', 'b.test': '10.0.0.2' } },
    );
    const size = script.size;
    expect(await find('http://a.test/')).toBe('10.0.0.1 1 20000');
    expect(script.size).toBeGreaterThan(size);
    expect(await find('http://b.test/')).toBe('10.0.0.2 2 40000');
  });

  it('lets calls that wait for the network leave others alone', async () => {
    const { find } = await load(
      `var runs = 0; function FindProxyForURL(url, host) { runs++; return dnsResolve(host) ? host : 'none' }
       function total() { return runs }`,
      { dns: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`h${i}.test`, '10.0.0.1'])) },
    );
    const hosts = Array.from({ length: 30 }, (_, i) => `h${i}.test`);
    expect(await Promise.all(hosts.map((host) => find(`http://${host}/`)))).toEqual(hosts);
  });

  it('asks all that a pass missed at once, and each name once', async () => {
    const { script, asked } = await load(returning('[isResolvable("a"), isResolvable("b"), isResolvable("a")].join()'));
    const { result, lookups } = await script.find('http://x/', 'x');
    expect(result).toBe('false,false,false');
    expect(asked).toEqual([['a', 'b']]);
    expect(lookups.map(({ kind, host, value }) => `${kind} ${host} ${value}`)).toEqual([
      'dnsResolve a null',
      'dnsResolve b null',
    ]);
  });

  it('uses an answer again as long as it holds', async () => {
    let now = 1_000_000;
    const { find, script, asked } = await load(returning('String(dnsResolve("a.test"))'), {}, { now: () => now });
    await find('http://x/');
    now += 59_999;
    await find('http://x/');
    expect(asked).toHaveLength(1);
    now += 1;
    await find('http://x/');
    expect(asked).toHaveLength(2);
    script.forget();
    await find('http://x/');
    expect(asked).toHaveLength(3);
  });

  it('does not count errors of a pass that missed an answer', async () => {
    const { find } = await load(returning('dnsResolve("a.test").split(".")[0]'), { dns: { 'a.test': '10.0.0.1' } });
    expect(await find('http://x/')).toBe('10');
  });

  it('asks for 20 names at most, and then finds nothing', async () => {
    const { find, asked } = await load(
      `function FindProxyForURL() {
         var found = 0;
         for (var i = 0; i < 100000; i++) if (dnsResolve('h' + i + '.test') !== null) found++;
         return 'PROXY found-' + found + ':1';
       }`,
      { dns: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`h${i}.test`, '10.0.0.1'])) },
    );
    expect(await find('http://x/')).toBe('PROXY found-20:1');
    expect(asked.flat()).toHaveLength(20);
  });

  it.each([
    ['a function that asks handed to some()', 'String(["no.test", "a.test"].some(isResolvable))', 'true'],
    ['a named callback', '["a.test"].filter(function check(h) { return dnsResolve(h) }).join()', 'a.test'],
    ['an arrow function', '["a.test"].map((h) => dnsResolve(h))[0]', '10.0.0.1'],
    ['optional chaining and ??', '({ a: null })?.a ?? dnsResolve("a.test")', '10.0.0.1'],
    ['a function called where it is written', '(() => dnsResolve("a.test"))()', '10.0.0.1'],
    ['a function that returns a function', '(function () { return dnsResolve })()("a.test")', '10.0.0.1'],
    ['the helper that is in no documentation', 'convert_addr(dnsResolve("a.test")) + ""', '167772161'],
    ['a method', '({ ask: function (h) { return dnsResolve(h) } }).ask("a.test")', '10.0.0.1'],
  ])('is right about %s', async (_, expression, expected) => {
    const { find } = await load(returning(expression), { dns: { 'a.test': '10.0.0.1' } });
    expect(await find('http://x/')).toBe(expected);
  });
});

describe('a hostile script', () => {
  const limits = { runTime: 50, loadTime: 100, memory: 16 * 1024 * 1024 };

  it.each([
    ['for(;;);', LimitError, /stopped after 50 ms/],
    ['for(;;) { try { for(;;); } catch (e) {} }', LimitError, /stopped after 50 ms/],
    ['(function f() { try { for(;;); } finally { f() } })()', LimitError, /stopped after 50 ms/],
    ['return /^(a+)+$/.test("a".repeat(40) + "b")', LimitError, /stopped after 50 ms/],
    ['return shExpMatch("a".repeat(40) + "b", "(a+)+")', LimitError, /stopped after 50 ms/],
    ['(function f() { return f() + 1 })()', ScriptError, /RangeError/],
    ['return JSON.parse("[".repeat(1e6))', Error, /RangeError|too deep/],
    ['return new ArrayBuffer(1e9)', LimitError, /more than 16 MiB/],
    ['return "x".repeat(1e6)', ScriptError, /returned more than 65536 characters/],
    ['return { toString: function () { return "DIRECT" } }', ScriptError, /did not return a string/],
    ['return new String("DIRECT")', ScriptError, /did not return a string/],
    ['return null', ScriptError, /did not return a string/],
    ['return "PROXY b\\u00fccher:1"', ScriptError, /non-ASCII/],
    ['throw { get message() { throw 1 }, toString: function () { throw 2 } }', ScriptError, /cannot be shown/],
    ['throw Object.create(null)', ScriptError, /cannot be shown/],
    ['throw "only text"', ScriptError, /^only text$/],
    ['throw Object.defineProperty(new Error(), "name", { get() { for (;;); } })', LimitError, /stopped after/],
    ['return nothing', ScriptError, /line 1: ReferenceError: nothing is not defined/],
    ['return dnsResolve.constructor("return process")().pid', ScriptError, /process is not defined/],
    ['return globalThis.constructor.constructor("return require")()("fs")', ScriptError, /require is not defined/],
    ['return import("node:fs").then', ScriptError, /did not return a string|Error/],
  ])('%s', async (body, type, message) => {
    const { script } = await load(`function FindProxyForURL(url, host) { ${body} }`, {}, limits);
    const error = await script.find('http://x/', 'x').catch((error: unknown) => error);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toMatch(message);
  });

  it.each([
    ['for(;;);', LimitError, /stopped after 100 ms/],
    ['var a = []; for (;;) a.push(new ArrayBuffer(1e6))', LimitError, /more than 16 MiB/],
    ['(', ScriptError, /line 1: SyntaxError/],
    ['('.repeat(200_000), Error, /SyntaxError|too deep|RangeError/],
    ['throw new Error("no")', ScriptError, /Error: no/],
    ['throw Object.defineProperty({}, "message", { get() { for (;;); } })', LimitError, /stopped after/],
    ['var FindProxyForURL = 1', ScriptError, /FindProxyForURL is undefined or not a function/],
    ['const FindProxyForURL = () => "DIRECT"', ScriptError, /declared by const, let or class/],
  ])('does not load %.40s', async (source, type, message) => {
    const error = await load(source, {}, limits).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toMatch(message);
  });

  it('takes no longer than its limit over passes that come to nothing', async () => {
    const { find } = await load(
      returning('(function () { while (dnsResolve("x" + Math.random()) === null); })()'),
      {},
      limits,
    );
    await expect(find('http://x/')).rejects.toThrow(/stopped after/);
  });

  it('runs on after its time was up', async () => {
    const { find } = await load(
      returning('host === "bad.test" ? (function () { for (;;); })() : "DIRECT"'),
      {},
      limits,
    );
    await expect(find('http://bad.test/')).rejects.toThrow(LimitError);
    expect(await find('http://good.test/')).toBe('DIRECT');
  });

  it('harms only itself with changed prototypes and helpers', async () => {
    const { find } = await load(
      `Object.prototype.toString = Array.prototype.push = String.prototype.includes = function () { throw 1 };
       Object.defineProperty(Object.prototype, 'value', { get: function () { throw 2 } });
       function dnsResolve() { return '10.0.0.1' }
       function FindProxyForURL() { return isInNet('any.test', '10.0.0.0', '255.0.0.0') ? 'PROXY a:1' : 'DIRECT' }`,
    );
    expect(await find('http://x/')).toBe('PROXY a:1');
  });

  it('takes a source of 5 MB and one that is not ASCII', async () => {
    const { find } = await load(`// ${'x'.repeat(5_000_000)}\n${returning('"DIRECT"')}`);
    expect(await find('http://x/')).toBe('DIRECT');
    const unicode = await load(
      `var gr\u00fc\u00dfe = "\u{1f600}"; ${returning('"PROXY " + gr\u00fc\u00dfe.length + ":1"')}`,
    );
    expect(await unicode.find('http://x/')).toBe('PROXY 2:1');
  });

  it('logs no more than 64 K characters', async () => {
    const { script } = await load(`function FindProxyForURL() { for (;;) alert('x'.repeat(1000)) }`, {}, limits);
    await expect(script.find('http://x/', 'x')).rejects.toThrow(LimitError);
    const { script: ends } = await load(
      `function FindProxyForURL() { for (var i = 0; i < 500; i++) alert('x'.repeat(1000)); return 'DIRECT' }`,
    );
    const { messages } = await ends.find('http://x/', 'x');
    expect(messages.join('').length).toBe(65_000);
  });
});
