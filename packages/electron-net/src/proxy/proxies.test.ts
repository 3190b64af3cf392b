import { describe, expect, test } from 'vitest';
import { Proxies } from './proxies.js';

const script = (text: string) => `data:application/x-ns-proxy-autoconfig,${encodeURIComponent(text)}`;
const always = (result: string) => script(`function FindProxyForURL(url, host) { return '${result}'; }`);

describe('the proxies of a session', () => {
  test('are those of the system', async () => {
    const env = { http_proxy: 'http://system.test:3128' };
    const proxies = new Proxies({ mode: 'system' }, { platform: 'linux', env });
    expect(await proxies.describe('http://example.com/')).toBe('PROXY system.test:3128');
    expect(await proxies.describe('https://example.com/')).toBe('DIRECT');
  });

  test('are those that the network announces', async () => {
    const proxies = new Proxies({ mode: 'auto_detect' }, { dhcpUrl: async () => always('PROXY announced.test:1') });
    expect(await proxies.describe('http://example.com/')).toBe('PROXY announced.test:1');
    proxies.set({ mode: 'direct' });
  });

  test('change at once, also for questions that wait for the former ones', async () => {
    const proxies = new Proxies({ pacScript: always('PROXY former.test:1') });
    const first = proxies.describe('http://example.com/');
    proxies.set({ pacScript: always('PROXY latter.test:1') });
    expect(await first).toBe('PROXY latter.test:1');
    const second = proxies.describe('http://other.example/');
    proxies.set({ mode: 'direct' });
    expect(await second).toBe('DIRECT');
  });

  test('stay as they are when the new ones are refused', async () => {
    const proxies = new Proxies({ proxyRules: 'former.test:1' });
    expect(() => proxies.set({ mode: 'other' as never })).toThrow('Invalid mode');
    expect(await proxies.describe('http://example.com/')).toBe('PROXY former.test:1');
  });

  test('may be none that can be used', async () => {
    const proxies = new Proxies({ proxyRules: 'quic://a.test:1' });
    await expect(proxies.describe('no URL')).rejects.toThrow(new TypeError('`url` should be a URL'));
    expect(await proxies.describe('http://localhost/')).toBe('DIRECT');
  });

  test('are read again only where they have been read', async () => {
    const proxies = new Proxies({ proxyRules: 'a.test:1' });
    await expect(proxies.reload()).resolves.toBeUndefined();
  });
});
