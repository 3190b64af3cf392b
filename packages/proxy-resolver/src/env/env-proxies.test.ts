import { describeRoute } from '@netloom/contracts';
import { describe, expect, it } from 'vitest';
import { EnvProxies } from './env-proxies.js';

const find = (env: Record<string, string>, url: string) => {
  const { route, rule } = new EnvProxies(env).find(new URL(url));
  return `${describeRoute(route)} ${rule ?? '-'}`;
};

describe('EnvProxies', () => {
  it.each([
    [{}, 'http://a.test/', 'direct:// -'],
    [{ http_proxy: 'p:1' }, 'http://a.test/', 'http://p:1 http_proxy'],
    [{ http_proxy: 'p:1' }, 'https://a.test/', 'direct:// -'],
    [{ HTTP_PROXY: 'p:1' }, 'http://a.test/', 'direct:// -'],
    [{ HTTPS_PROXY: 'p:1' }, 'https://a.test/', 'http://p:1 https_proxy'],
    [{ https_proxy: 'p:1', HTTPS_PROXY: 'q:1' }, 'https://a.test/', 'http://p:1 https_proxy'],
    [{ ALL_PROXY: 'socks5h://p' }, 'ftp://a.test/', 'socks5://p:1080 all_proxy'],
    [{ all_proxy: 'p:1', https_proxy: 'q:1' }, 'https://a.test/', 'http://q:1 https_proxy'],
    [{ http_proxy: 'p:1' }, 'ws://a.test/', 'http://p:1 http_proxy'],
    [{ https_proxy: 'p:1' }, 'wss://a.test/', 'http://p:1 https_proxy'],
    [{ https_proxy: 'p:1', wss_proxy: 'q:1' }, 'wss://a.test/', 'http://q:1 wss_proxy'],
    [{ http_proxy: 'p:1', no_proxy: '*' }, 'http://a.test/', 'direct:// no_proxy: *'],
    [{ http_proxy: 'p:1', NO_PROXY: 'b.test, .test' }, 'http://a.test/', 'direct:// no_proxy: .test'],
    [{ http_proxy: 'p:1', no_proxy: '10.0.0.0/8' }, 'http://10.1.1.1/', 'direct:// no_proxy: 10.0.0.0/8'],
    [{ http_proxy: 'p:1' }, 'http://localhost/', 'http://p:1 http_proxy'],
    [{ http_proxy: '', all_proxy: '' }, 'http://a.test/', 'direct:// -'],
  ])('%j for %s', (env, url, expected) => {
    expect(find(env as Record<string, string>, url)).toBe(expected);
  });

  it('throws only where a wrong value decides', () => {
    const env = { http_proxy: 'ftp://p', no_proxy: 'a.test' };
    expect(() => find(env, 'http://b.test/')).toThrow(/^http_proxy: Invalid proxy URL/);
    expect(find(env, 'http://a.test/')).toBe('direct:// no_proxy: a.test');
    expect(find(env, 'https://b.test/')).toBe('direct:// -');
  });
});
