import {
  HostRules,
  NetError,
  type PacLimits,
  type ProxyRoute,
  parseProxyRules,
  parseProxyUri,
} from '@netloom/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../test/support/eventually.js';
import { ManualClock } from '../test/support/manual-clock.js';
import { servePac } from '../test/support/pac-server.js';
import { readerOf } from '../test/support/reader.js';
import { fakeEngine, fixedNames, pacOf, returning } from '../test/support/resolver.js';
import type { ProxyConfig } from './config.js';
import { createProxyResolver, systemProxy } from './create.js';
import type { ProxyResolverOptions } from './options.js';
import type { ConfiguredProxyResolver } from './resolver.js';
import { type ProxySettings, settings } from './system/settings.js';

const resolvers: ConfiguredProxyResolver[] = [];
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const resolver of resolvers.splice(0)) resolver.close();
  for (const close of closers.splice(0)) await close();
});

function make(config: ProxyConfig, options: ProxyResolverOptions = {}) {
  const clock = new ManualClock();
  const resolver = createProxyResolver(config, { clock, networkSignature: () => '', platform: 'linux', ...options });
  resolvers.push(resolver);
  const pac = async (url = 'http://web.test/') => (await resolver.resolve(new URL(url))).pac;
  return { resolver, clock, pac };
}

async function serve(body: string) {
  const server = await servePac(body);
  closers.push(server.close);
  return server;
}

const route = (uri: string): ProxyRoute => parseProxyUri(uri)!;

describe('rules', () => {
  it('gives routes, their spelling in PAC, and the reason', async () => {
    const { resolver } = make({ proxyRules: 'http=a:1,direct://;https=https://b', proxyBypassRules: '*.corp.test' });
    const web = await resolver.resolve(new URL('http://web.test/'));
    expect(web.routes).toEqual([{ proxy: { scheme: 'http', host: 'a', port: 1 } }, { proxy: undefined }]);
    expect(web.pac).toBe('PROXY a:1;DIRECT');
    expect(web.why).toEqual({ source: 'configuration', rule: 'http' });
    const corp = await resolver.resolve(new URL('https://wiki.corp.test/'));
    expect(corp.pac).toBe('DIRECT');
    expect(corp.why.rule).toBe('bypass: *.corp.test');
  });

  it('are answered at once', () => {
    expect(make({ proxyRules: 'a:1' }).resolver.resolveNow(new URL('http://web.test/'))?.pac).toBe('PROXY a:1');
    expect(make({ mode: 'direct' }).resolver.resolveNow(new URL('http://web.test/'))?.pac).toBe('DIRECT');
  });

  it('goes direct without rules, and to the machine itself', async () => {
    expect(await make({}).pac()).toBe('DIRECT');
    expect(await make({ mode: 'direct', proxyRules: 'a:1' }).pac()).toBe('DIRECT');
    expect(await make({ proxyRules: 'a:1' }).pac('http://localhost/')).toBe('DIRECT');
    expect(await make({ proxyRules: 'a:1' }, { platform: 'win32' }).pac('http://loopback/')).toBe('DIRECT');
    expect(await make({ proxyRules: 'a:1', proxyBypassRules: '<-loopback>' }).pac('http://localhost/')).toBe(
      'PROXY a:1',
    );
  });

  it('fails when a single list has no usable proxy', async () => {
    const { pac } = make({ proxyRules: 'http://a/b' });
    await expect(pac()).rejects.toMatchObject({ code: 'ERR_NO_SUPPORTED_PROXIES' });
  });
});

describe('wrong arguments', () => {
  it.each([
    [null, /must be an object/],
    [{ mode: 'auto' }, /Unknown proxy mode "auto"; expected one of direct, auto_detect/],
    [{ mode: 'pac_script' }, /needs pacScript/],
    [{ pacScript: 'proxy.pac' }, /must be a URL/],
    [{ proxyRules: 7 }, /proxyRules must be a string, not number/],
    [{ pacMandatory: 'yes' }, /pacMandatory must be a boolean/],
  ])('%j', (config, message) => {
    expect(() => createProxyResolver(config as ProxyConfig)).toThrow(TypeError);
    expect(() => createProxyResolver(config as ProxyConfig)).toThrow(message);
  });

  it.each([
    [{ runTime: 0 }, /pac\.limits\.runTime must be a number of milliseconds, at least 1/],
    [{ memory: '64 MiB' }, /pac\.limits\.memory must be a number of bytes/],
    [{ lookups: Number.NaN }, /pac\.limits\.lookups/],
  ])('limits %j', (limits, message) => {
    const pac = { limits: limits as PacLimits };
    expect(() => createProxyResolver({}, { pac })).toThrow(TypeError);
    expect(() => createProxyResolver({}, { pac })).toThrow(message);
  });

  it('resolve() takes URL objects only', async () => {
    await expect(make({}).resolver.resolve('http://a/' as unknown as URL)).rejects.toThrow(/takes a URL object/);
  });
});

describe('a PAC script', () => {
  it('is run, with its look-ups explained', async () => {
    const source = `function FindProxyForURL(url, host) { return 'PROXY ' + dnsResolve(host) + ':1; DIRECT' }`;
    const { resolver } = make({ pacScript: pacOf(source) }, { hostResolver: fixedNames({ 'web.test': '10.0.0.1' }) });
    const { pac, why } = await resolver.resolve(new URL('http://web.test/'));
    expect(pac).toBe('PROXY 10.0.0.1:1;DIRECT');
    expect(why).toMatchObject({
      source: 'PAC script data:…',
      rule: 'PROXY 10.0.0.1:1; DIRECT',
      dns: { 'web.test': ['10.0.0.1'] },
    });
  });

  it('sees https URLs without path and query, and no host of the machine itself', async () => {
    const seen: string[] = [];
    const engine = fakeEngine((_, url) => {
      seen.push(url);
      return 'DIRECT';
    });
    const { pac } = make({ pacScript: pacOf(returning('')) }, { pac: { engine } });
    await pac('https://u:p@web.test/secret?q#f');
    await pac('http://localhost/');
    await pac('http://[::1]:80/');
    expect(seen).toEqual(['https://web.test/']);
  });

  it('is waited for by all that ask before it is there', async () => {
    const server = await serve(returning('PROXY a:1'));
    const { pac } = make({ pacScript: server.url });
    expect(await Promise.all([pac(), pac(), pac()])).toEqual(['PROXY a:1', 'PROXY a:1', 'PROXY a:1']);
    expect(server.requests).toBe(1);
  });

  it('that is not to be had means direct, and says why', async () => {
    const server = await serve('');
    server.answer = { status: 404 };
    const { resolver } = make({ pacScript: server.url });
    const problems: NetError[] = [];
    resolver.on('problem', (error) => problems.push(error));
    const { pac, why } = await resolver.resolve(new URL('http://web.test/'));
    expect(pac).toBe('DIRECT');
    expect(why.notes?.join()).toContain('answered with status 404');
    expect(problems.map(({ code }) => code)).toEqual(['ERR_HTTP_RESPONSE_CODE_FAILURE']);
  });

  it('that fails on one URL means direct for that URL', async () => {
    const { resolver, pac } = make({
      pacScript: pacOf(`function FindProxyForURL(url, host) { return host === 'bad.test' ? nothing : 'PROXY a:1' }`),
    });
    const { pac: bad, why } = await resolver.resolve(new URL('http://bad.test/'));
    expect(bad).toBe('DIRECT');
    expect(why.notes?.[0]).toContain('nothing is not defined');
    expect(await pac()).toBe('PROXY a:1');
  });

  it('that is mandatory fails the request instead, except for the machine itself', async () => {
    const server = await serve('');
    server.answer = { status: 500 };
    const missing = make({ pacScript: server.url, pacMandatory: true });
    await expect(missing.pac()).rejects.toMatchObject({ code: 'ERR_MANDATORY_PROXY_CONFIGURATION_FAILED' });
    expect(await missing.pac('http://127.0.0.1/')).toBe('DIRECT');
    const failing = make({ pacScript: pacOf('function FindProxyForURL() { throw 1 }'), pacMandatory: true });
    await expect(failing.pac()).rejects.toMatchObject({ code: 'ERR_MANDATORY_PROXY_CONFIGURATION_FAILED' });
  });

  it('is remembered for an https origin when it keeps no state, until an answer of the network is a minute old', async () => {
    let lookups = 0;
    const hostResolver = {
      lookup: async () => {
        lookups += 1;
        return [{ address: '10.0.0.1', family: 4 as const }];
      },
    };
    const source = `function FindProxyForURL(url, host) { return isInNet(host, '10.0.0.0', '255.0.0.0') ? 'PROXY in:1' : 'DIRECT' }`;
    const { resolver, clock } = make({ pacScript: pacOf(source) }, { hostResolver });
    const ask = async (url: string) => (await resolver.resolve(new URL(url))).why.notes;
    await eventually(async () => {
      await ask('https://web.test/a');
      expect(await ask('https://web.test/b')).toEqual(['remembered answer']);
    });
    expect(await ask('http://web.test/a')).toBeUndefined();
    clock.advance(60_000);
    const before = lookups;
    expect(await ask('https://web.test/c')).toBeUndefined();
    expect(lookups).toBeGreaterThanOrEqual(before);
  });

  it('is known at once where it is remembered', async () => {
    const { resolver } = make({ pacScript: pacOf(`function FindProxyForURL() { return 'PROXY a:1'; }`) });
    const url = new URL('https://web.test/');
    expect(resolver.resolveNow(url)).toBeUndefined();
    await eventually(async () => {
      await resolver.resolve(url);
      expect(resolver.resolveNow(url)?.pac).toBe('PROXY a:1');
    });
    expect(resolver.resolveNow(new URL('https://other.test/'))).toBeUndefined();
    resolver.close();
    expect(() => resolver.resolveNow(url)).toThrow('ERR_CONTEXT_SHUT_DOWN');
  });

  it('is never remembered when it counts', async () => {
    const { pac } = make({ pacScript: pacOf('var n = 0; function FindProxyForURL() { return "PROXY p:" + ++n }') });
    for (let i = 1; i <= 20; i++) expect(await pac('https://web.test/')).toBe(`PROXY p:${i}`);
  });

  it('tells what it alerts', async () => {
    const { resolver, pac } = make({
      pacScript: pacOf('function FindProxyForURL(u, h) { alert(h); return "DIRECT" }'),
    });
    const alerts: string[] = [];
    resolver.on('alert', ({ script, message }) => alerts.push(`${script} ${message}`));
    await pac();
    expect(alerts).toEqual(['data:… web.test']);
  });
});

describe('WPAD', () => {
  it('takes what DHCP says before what DNS says', async () => {
    const server = await serve(returning('PROXY dhcp:1'));
    const { resolver } = make({ mode: 'auto_detect' }, { dhcpUrl: async () => server.url });
    const { pac, why } = await resolver.resolve(new URL('http://web.test/'));
    expect(pac).toBe('PROXY dhcp:1');
    expect(why.source).toMatch(/\(WPAD by DHCP\)$/);
  });

  it('reads no file that DHCP names', async () => {
    const { resolver } = make(
      { mode: 'auto_detect' },
      { dhcpUrl: async () => ' fi\nle:///etc/proxy.pac', hostResolver: fixedNames({}), pac: { allowFile: true } },
    );
    const { pac, why } = await resolver.resolve(new URL('http://web.test/'));
    expect(pac).toBe('DIRECT');
    expect(why.notes?.join()).toContain('DHCP gave the URL of a file');
  });

  it('gives the name wpad one second', async () => {
    const asked = vi.fn();
    const hostResolver = { lookup: () => new Promise<never>(asked) };
    const { resolver, clock } = make({ mode: 'auto_detect' }, { hostResolver, dhcpUrl: async () => undefined });
    const answer = resolver.resolve(new URL('http://web.test/'));
    await eventually(() => expect(asked).toHaveBeenCalled());
    clock.advance(1000);
    const { pac, why } = await answer;
    expect(pac).toBe('DIRECT');
    expect(why.notes?.join()).toContain('wpad was not found within 1000 ms');
  });
});

describe('refetching', () => {
  it('drops a script that disappeared, and takes it again when it comes back', async () => {
    const server = await serve(returning('PROXY a:1'));
    const { resolver, clock, pac } = make({ pacScript: server.url });
    const changes: string[] = [];
    resolver.on('change', ({ source }) => changes.push(source));
    expect(await pac()).toBe('PROXY a:1');
    server.answer = { status: 404 };
    await resolver.reload();
    expect(await pac()).toBe('DIRECT');
    server.answer = { body: returning('PROXY b:1') };
    clock.advance(8000);
    await eventually(() => expect(changes).toHaveLength(2));
    expect(await pac()).toBe('PROXY b:1');
  });

  it('waits two seconds after the network changed', async () => {
    const server = await serve(returning('PROXY a:1'));
    let signature = 'home';
    const { resolver, clock, pac } = make({ pacScript: server.url }, { networkSignature: () => signature });
    expect(await pac()).toBe('PROXY a:1');
    signature = 'office';
    server.answer = { body: returning('PROXY b:1') };
    clock.advance(5000);
    const answered = vi.fn();
    const answer = pac().then((result) => {
      answered();
      return result;
    });
    clock.advance(1999);
    await new Promise(setImmediate);
    expect(answered).not.toHaveBeenCalled();
    clock.advance(1);
    expect(await answer).toBe('PROXY b:1');
    expect(resolver.listenerCount('change')).toBe(0);
  });
});

describe('fallback', () => {
  const list = { proxyRules: 'dead:1,alive:2' };
  const failed = (uri: string) => ({ route: route(uri), error: new NetError('ERR_PROXY_CONNECTION_FAILED') });

  it('puts a proxy that failed behind the others for five minutes', async () => {
    const { resolver, clock } = make(list);
    const first = await resolver.resolve(new URL('http://web.test/'));
    first.settle({ used: route('alive:2'), failures: [failed('dead:1')], bytesSent: true });
    const second = await resolver.resolve(new URL('http://web.test/'));
    expect(second.pac).toBe('PROXY alive:2;PROXY dead:1');
    expect(second.why.bad).toEqual(['http://dead:1']);
    clock.advance(299_999);
    expect((await resolver.resolve(new URL('http://web.test/'))).pac).toBe('PROXY alive:2;PROXY dead:1');
    clock.advance(1);
    expect((await resolver.resolve(new URL('http://web.test/'))).pac).toBe('PROXY dead:1;PROXY alive:2');
  });

  it('goes to the one that is alive again after all had failed', async () => {
    const { resolver, pac } = make(list);
    const first = await resolver.resolve(new URL('http://web.test/'));
    first.settle({ failures: [failed('dead:1'), failed('alive:2')], bytesSent: false });
    const second = await resolver.resolve(new URL('http://web.test/'));
    expect(second.pac).toBe('PROXY dead:1;PROXY alive:2');
    second.settle({ used: route('alive:2'), failures: [failed('dead:1')], bytesSent: true });
    expect(await pac()).toBe('PROXY alive:2;PROXY dead:1');
  });

  it('counts a resolution once, no failure after the request went out, and none that is not the proxy’s', async () => {
    const { resolver, pac } = make(list);
    const first = await resolver.resolve(new URL('http://web.test/'));
    first.settle({ failures: [failed('dead:1')], bytesSent: true });
    first.settle({ failures: [failed('dead:1')], bytesSent: false });
    expect(await pac()).toBe('PROXY dead:1;PROXY alive:2');
    const second = await resolver.resolve(new URL('http://web.test/'));
    const refused = { route: route('dead:1'), error: new NetError('ERR_TUNNEL_CONNECTION_FAILED') };
    second.settle({ failures: [refused], bytesSent: false });
    expect(await pac()).toBe('PROXY dead:1;PROXY alive:2');
  });

  it.each(['reload', 'networkChanged'] as const)('is forgotten by %s', async (how) => {
    const { resolver, pac } = make(list);
    const first = await resolver.resolve(new URL('http://web.test/'));
    first.settle({ used: route('alive:2'), failures: [failed('dead:1')], bytesSent: true });
    await resolver[how]();
    expect(await pac()).toBe('PROXY dead:1;PROXY alive:2');
  });

  it('never calls going direct bad', async () => {
    const { resolver, pac } = make({ proxyRules: 'direct://,a:1' });
    const first = await resolver.resolve(new URL('http://web.test/'));
    first.settle({
      failures: [{ route: { proxy: undefined }, error: new NetError('ERR_CONNECTION_REFUSED') }],
      bytesSent: false,
    });
    expect(await pac()).toBe('DIRECT;PROXY a:1');
  });
});

describe('settings of the system', () => {
  const fixed = (rules: string): ProxySettings =>
    settings('test settings', { rules: parseProxyRules(rules), bypass: HostRules.parse('') });

  it('are read with the first question and followed', async () => {
    let current: ProxySettings | undefined = fixed('a:1');
    const read = vi.fn(() => current);
    const { resolver, clock, pac } = make({ mode: 'system' }, { settingsReader: readerOf(read) });
    expect(read).not.toHaveBeenCalled();
    const changes: string[] = [];
    resolver.on('change', ({ source }) => changes.push(source));
    expect(await pac()).toBe('PROXY a:1');
    clock.advance(10_000);
    await pac();
    await new Promise(setImmediate);
    expect(read).toHaveBeenCalledTimes(2);
    expect(changes).toEqual([]);
    current = fixed('b:1');
    clock.advance(10_000);
    expect(await pac()).toBe('PROXY a:1');
    await eventually(() => expect(changes).toEqual(['test settings']));
    expect(await pac()).toBe('PROXY b:1');
    current = undefined;
    await resolver.reload();
    const { pac: direct, why } = await resolver.resolve(new URL('http://web.test/'));
    expect(direct).toBe('DIRECT');
    expect(why.source).toBe('system: no proxy settings');
  });

  it('may change from a script to rules while somebody waits for the script', async () => {
    const server = await serve('');
    server.answer = { hang: true };
    let current = settings('test settings', { pacUrl: server.url });
    const { resolver, pac } = make({ mode: 'system' }, { settingsReader: readerOf(() => current) });
    const answer = pac();
    await eventually(() => expect(server.requests).toBe(1));
    current = fixed('b:1');
    await resolver.reload();
    expect(await answer).toBe('PROXY b:1');
  });

  it('fall back from a script to their rules', async () => {
    const server = await serve('');
    server.answer = { status: 500 };
    const current = settings('test settings', { pacUrl: server.url, rules: parseProxyRules('a:1') });
    const { pac } = make({ mode: 'system' }, { settingsReader: readerOf(() => current) });
    expect(await pac()).toBe('PROXY a:1');
  });

  it('stay as they were when they cannot be read again', async () => {
    let broken = false;
    const read = () => {
      if (broken) throw new Error('no access');
      return fixed('a:1');
    };
    const { resolver, clock, pac } = make({ mode: 'system' }, { settingsReader: readerOf(read) });
    const problems: NetError[] = [];
    resolver.on('problem', (error) => problems.push(error));
    expect(await pac()).toBe('PROXY a:1');
    broken = true;
    clock.advance(10_000);
    expect(await pac()).toBe('PROXY a:1');
    await eventually(() => expect(problems.map(({ detail }) => detail)).toEqual([expect.stringContaining('settings')]));
    await expect(resolver.reload()).rejects.toThrow('no access');
    expect(await pac()).toBe('PROXY a:1');
  });

  it('are what systemProxy() stands for', async () => {
    const resolver = systemProxy({ settingsReader: readerOf(() => fixed('a:1')), networkSignature: () => '' });
    resolvers.push(resolver);
    expect((await resolver.resolve(new URL('http://web.test/'))).pac).toBe('PROXY a:1');
  });
});

describe('the environment', () => {
  it('names proxies with credentials', async () => {
    const { resolver } = make(
      { mode: 'env' },
      { env: { https_proxy: 'socks5h://u:p@proxy.test', NO_PROXY: '10.0.0.0/8' } },
    );
    const { routes, pac, why } = await resolver.resolve(new URL('https://web.test/'));
    expect(routes[0]?.proxy?.credentials).toEqual({ username: 'u', password: 'p' });
    expect(pac).toBe('SOCKS5 proxy.test:1080');
    expect(why).toEqual({ source: 'environment variables', rule: 'https_proxy' });
    const excepted = await resolver.resolve(new URL('https://10.1.1.1/'));
    expect(excepted.why.rule).toBe('no_proxy: 10.0.0.0/8');
  });

  it('that is wrong fails the requests that it concerns, without showing its value', async () => {
    const { pac } = make({ mode: 'env' }, { env: { https_proxy: 'http://u:hunter2@h:x' } });
    const error = await pac('https://web.test/').catch((error: NetError) => error);
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARGUMENT', message: expect.stringContaining('https_proxy: ') });
    expect(String((error as NetError).stack)).not.toContain('hunter2');
    expect(await pac('http://web.test/')).toBe('DIRECT');
  });

  it('is read again by reload', async () => {
    const env: Record<string, string> = {};
    const { resolver, pac } = make({ mode: 'env' }, { env });
    expect(await pac()).toBe('DIRECT');
    env.http_proxy = 'a:1';
    await resolver.reload();
    expect(await pac()).toBe('PROXY a:1');
  });
});

describe('giving up', () => {
  it('rejects with the reason of the signal', async () => {
    const server = await serve('');
    server.answer = { hang: true };
    const { resolver } = make({ pacScript: server.url });
    const controller = new AbortController();
    const answer = resolver.resolve(new URL('http://web.test/'), { signal: controller.signal });
    await eventually(() => expect(server.requests).toBe(1));
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await expect(resolver.resolve(new URL('http://web.test/'), { signal: controller.signal })).rejects.toBe(reason);
  });

  it('rejects what waits, and what is asked, when it is closed', async () => {
    const server = await serve('');
    server.answer = { hang: true };
    const { resolver, pac } = make({ pacScript: server.url });
    const answer = pac();
    await eventually(() => expect(server.requests).toBe(1));
    resolver.close();
    await expect(answer).rejects.toMatchObject({ code: 'ERR_CONTEXT_SHUT_DOWN' });
    await expect(pac()).rejects.toMatchObject({ code: 'ERR_CONTEXT_SHUT_DOWN' });
    await resolver.reload();
    resolver.networkChanged();
  });
});
