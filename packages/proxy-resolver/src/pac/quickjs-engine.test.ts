import type { PacLimits, PacNetwork, PacProgram } from '@netloom/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { answer, type TestNetwork } from '../../test/support/scripts.js';
import { quickJsEngine } from './quickjs-engine.js';

const programs: PacProgram[] = [];
afterEach(() => {
  for (const program of programs.splice(0)) program.close();
});

interface LoadOptions {
  readonly network?: TestNetwork;
  readonly limits?: PacLimits;
  readonly preferEx?: boolean;
  readonly signal?: AbortSignal;
}

async function load(source: string, { network = {}, ...options }: LoadOptions = {}) {
  const alerts: string[] = [];
  const asked: string[] = [];
  const answers: PacNetwork = {
    query: async (kind, host) => {
      asked.push(host);
      return answer(network, { kind, host });
    },
  };
  const program = await quickJsEngine().load(source, {
    name: 'http://pac.test/proxy.pac',
    network: answers,
    alert: (message) => alerts.push(message),
    ...options,
  });
  programs.push(program);
  const find = async (url: string) => (await program.find(url, new URL(url).hostname)).result;
  return { program, find, alerts, asked };
}

const returning = (expression: string) => `function FindProxyForURL(url, host) { return ${expression} }`;

describe('quickJsEngine', () => {
  it('runs a script', async () => {
    const { find } = await load(returning('shExpMatch(host, "*.test") ? "PROXY a:1" : "DIRECT"'));
    expect(await find('http://web.test/')).toBe('PROXY a:1');
    expect(await find('http://example.com/')).toBe('DIRECT');
  });

  it('answers many questions at once', async () => {
    const { find } = await load(returning('"PROXY " + dnsResolve(host) + ":1"'), {
      network: { dns: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`h${i}.test`, `10.0.0.${i}`])) },
    });
    const results = await Promise.all(Array.from({ length: 100 }, (_, i) => find(`http://h${i}.test/`)));
    expect(results).toEqual(Array.from({ length: 100 }, (_, i) => `PROXY 10.0.0.${i}:1`));
  });

  it('calls FindProxyForURLEx only by option', async () => {
    const script = `${returning('"PROXY plain:1"')} function FindProxyForURLEx() { return "PROXY ex:1" }`;
    expect(await (await load(script)).find('http://x/')).toBe('PROXY plain:1');
    expect(await (await load(script, { preferEx: true })).find('http://x/')).toBe('PROXY ex:1');
    expect(await (await load(returning('"PROXY plain:1"'), { preferEx: true })).find('http://x/')).toBe(
      'PROXY plain:1',
    );
  });

  it('logs what completed runs say', async () => {
    const { find, alerts } = await load(`alert('loaded'); ${returning('(alert(dnsResolve(host)), "DIRECT")')}`);
    await find('http://a.test/');
    expect(alerts).toEqual(['loaded', 'null']);
  });

  it('can be aborted', async () => {
    const { program } = await load(returning('dnsResolve(host)'));
    const reason = new Error('enough');
    await expect(program.find('http://x/', 'x', AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const answer = program.find('http://x/', 'x', controller.signal);
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await expect(load(returning('1'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('rejects what is asked after and during the end', async () => {
    const { program } = await load(returning('dnsResolve(host)'));
    const answer = program.find('http://x/', 'x');
    program.close();
    await expect(answer).rejects.toMatchObject({
      code: 'ERR_PAC_SCRIPT_FAILED',
      detail: expect.stringContaining('closed'),
    });
    await expect(program.find('http://x/', 'x')).rejects.toThrow(/closed/);
  });
});

describe('a script that goes beyond its limits', () => {
  const limits = { runTime: 100, loadTime: 200, memory: 16 * 1024 * 1024 };

  it('is named in the error, with the limit', async () => {
    const { program } = await load(returning('(function () { for (;;); })()'), { limits });
    await expect(program.find('http://x/', 'x')).rejects.toMatchObject({
      code: 'ERR_PAC_SCRIPT_FAILED',
      detail: 'PAC script http://pac.test/proxy.pac: it was stopped after 100 ms',
    });
    await expect(load('for(;;);', { limits })).rejects.toThrow(
      /PAC script http:\/\/pac\.test\/proxy\.pac: it was stopped/,
    );
  });

  it('goes on after a limit was reached', async () => {
    const { find } = await load(
      `function FindProxyForURL(url, host) {
         if (host === 'memory.test') return new ArrayBuffer(1e9);
         if (host === 'time.test') for (;;);
         return 'PROXY ' + host + ':1';
       }`,
      { limits },
    );
    await expect(find('http://memory.test/')).rejects.toThrow();
    expect(await find('http://a.test/')).toBe('PROXY a.test:1');
    await expect(find('http://time.test/')).rejects.toThrow();
    expect(await find('http://a.test/')).toBe('PROXY a.test:1');
  });

  it('does not fail for what another call of it did', async () => {
    const { find } = await load(
      `function FindProxyForURL(url, host) { return host === 'bad.test' ? new ArrayBuffer(1e9) : dnsResolve(host) }`,
      { limits, network: { dns: { 'a.test': '10.0.0.1' } } },
    );
    const [good, bad] = await Promise.allSettled([find('http://a.test/'), find('http://bad.test/')]);
    expect(good).toMatchObject({ value: '10.0.0.1' });
    expect(bad.status).toBe('rejected');
  });

  it('is left alone when it goes beyond its limits again and again', async () => {
    const { find } = await load(returning('(function () { for (;;); })()'), { limits: { runTime: 20 } });
    for (let i = 0; i < 3; i++) await expect(find('http://x/')).rejects.toThrow(/stopped after/);
    await expect(find('http://x/')).rejects.toThrow(/3 times in a row/);
  });

  it('is ended from outside where it cannot be stopped from within', async () => {
    // Each call searches 8 MB without a look at the clock, and the clock is looked at once in some thousand calls.
    const { find } = await load(
      `var text = 'a'.repeat(8e6);
       function FindProxyForURL(url, host) { if (host === 'bad.test') for (;;) text.indexOf('ab'); return 'DIRECT' }`,
      { limits: { ...limits, memory: 64 * 1024 * 1024 } },
    );
    await expect(find('http://bad.test/')).rejects.toThrow(/stopped after 100 ms/);
    expect(await find('http://good.test/')).toBe('DIRECT');
  });
});
