import { describe, expect, test } from 'vitest';
import { app, net, type ProxyConfig } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer } from './support/record.js';

const environment = useLab();
const errorOf = (url: string) => environment.session.fetch(url).then(String, (error: Error) => error.message);

describe('proxies', () => {
  test.each<[ProxyConfig, string, string]>([
    [{ proxyRules: 'http=myproxy:80' }, 'http://example.com/', 'PROXY myproxy:80'],
    [{ proxyRules: 'http=myproxy:80' }, 'https://example.com/', 'DIRECT'],
    [{ proxyRules: 'https://a.test:443,direct://' }, 'http://example.com/', 'HTTPS a.test:443;DIRECT'],
    [{ proxyRules: 'myproxy:80' }, 'http://localhost:1/', 'DIRECT'],
    [{ proxyRules: 'myproxy:80', proxyBypassRules: '<-loopback>' }, 'http://localhost:1/', 'PROXY myproxy:80'],
    [{ proxyRules: 'myproxy:80', proxyBypassRules: '<local>' }, 'http://intranet/', 'DIRECT'],
    [{ proxyRules: 'myproxy:80', proxyBypassRules: '<local>' }, 'http://example.com/', 'PROXY myproxy:80'],
    [{ mode: 'direct', proxyRules: 'myproxy:80' }, 'http://example.com/', 'DIRECT'],
    [{ mode: 'pac_script' }, 'http://example.com/', 'DIRECT'],
    [{}, 'http://example.com/', 'DIRECT'],
  ])('%j: %s is %s', async (config, url, expected) => {
    await environment.session.setProxy(config);
    expect(await environment.session.resolveProxy(url)).toBe(expected);
  });

  test('an unknown mode is refused, and changes nothing', async () => {
    await environment.session.setProxy({ proxyRules: 'myproxy:80' });
    await expect(environment.session.setProxy({ mode: 'unknown' as never })).rejects.toThrow('Invalid mode');
    expect(await environment.session.resolveProxy('http://example.com/')).toBe('PROXY myproxy:80');
  });

  test.each(['http', 'https', 'h2'] as const)('%s requests go through them', async (protocol) => {
    const origin = await environment.lab.origin({ protocol });
    const proxy = await environment.lab.proxy();
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    await environment.session.setProxy({ proxyRules: `127.0.0.1:${proxy.port}`, proxyBypassRules: '<-loopback>' });
    const { text } = await answer(net.request({ url: `${origin.url}/echo`, session: environment.session }));
    expect(JSON.parse(text)).toMatchObject({ protocol: protocol === 'h2' ? 'h2' : 'http/1.1' });
    expect(proxy.stats.requests).toBe(1);
  });

  test('a script chooses them, and is fetched again when it is told to be', async () => {
    environment.lab.dns.set('web.test', ['127.0.0.1']);
    const origin = await environment.lab.origin({ protocol: 'http' });
    const proxy = await environment.lab.proxy();
    const choosing = (name: string) =>
      `function FindProxyForURL(url, host) { return host === '${name}' ? 'PROXY 127.0.0.1:${proxy.port}' : 'DIRECT'; }`;
    const pac = await environment.lab.pacServer({ script: choosing('web.test') });
    await environment.session.setProxy({ pacScript: pac.url });
    const url = `http://web.test:${origin.port}/echo`;
    const { text } = await answer(net.request({ url, session: environment.session }));
    expect(JSON.parse(text)).toMatchObject({ path: '/echo' });
    expect(proxy.stats.requests).toBe(1);
    pac.setScript(choosing('other.test'));
    expect(await environment.session.resolveProxy(url)).toBe(`PROXY 127.0.0.1:${proxy.port}`);
    await environment.session.forceReloadProxyConfig();
    expect(await environment.session.resolveProxy(url)).toBe('DIRECT');
  });

  test('those of the app are others than those of sessions', async () => {
    await environment.session.setProxy({ proxyRules: 'session.test:1' });
    await app.setProxy({ proxyRules: 'app.test:1' });
    expect(await app.resolveProxy('http://example.com/')).toBe('PROXY app.test:1');
    expect(await environment.session.resolveProxy('http://example.com/')).toBe('PROXY session.test:1');
    await expect(app.setProxy({ mode: 'other' as never })).rejects.toThrow('Invalid mode');
    await app.setProxy({ mode: 'system' });
  });

  test('one that is not there is an error of its own', async () => {
    await environment.session.setProxy({ proxyRules: `127.0.0.1:${await environment.lab.deadPort()}` });
    expect(await errorOf('http://example.test/')).toBe('net::ERR_PROXY_CONNECTION_FAILED');
  });
});
