import { describe, expect, it } from 'vitest';
import { alice, base64, bob, connection, connectionScheme, never, stateOf } from '../../test/support/sign-in.js';
import { basic } from './basic.js';
import { digest } from './digest/index.js';
import { TunnelSignIn } from './tunnel-auth.js';

const proxy = { scheme: 'http', host: 'proxy.test', port: 3128 } as const;
const offer = (...values: string[]) => values.flatMap((value) => ['Proxy-Authenticate', value]);

describe('TunnelSignIn', () => {
  it('signs CONNECT and what it leads to', async () => {
    const state = stateOf([digest()], { credentials: async () => alice });
    const tunnel = new TunnelSignIn(state, proxy, 'web.test:443');
    const here = connection();
    expect(await tunnel.header(here, never)).toBeUndefined();
    expect(tunnel.scheme).toBeUndefined();
    expect(await tunnel.challenged(offer('Digest realm="r", nonce="n"'), here, never)).toBe('any');
    expect(await tunnel.header(here, never)).toContain('uri="web.test:443"');
    expect(tunnel.scheme).toBe('digest');
    await tunnel.succeeded(200, ['proxy-authentication-info', 'nextnonce="m"'], here);
    tunnel.dispose();
    expect(await new TunnelSignIn(state, proxy, 'other.test:443').header(connection(), never)).toContain('nonce="m"');
  });

  it('uses the credentials of the proxy’s URL', async () => {
    const state = stateOf([basic()]);
    const tunnel = new TunnelSignIn(state, { ...proxy, credentials: bob }, 'web.test:443');
    await tunnel.challenged(offer('Basic realm="r"'), connection(), never);
    expect(await tunnel.header(connection(), never)).toBe(`Basic ${base64('bob:builder')}`);
  });

  it('keeps a conversation on its connection, and begins anew where that is lost', async () => {
    const { scheme, log } = connectionScheme();
    const tunnel = new TunnelSignIn(stateOf([scheme]), { ...proxy, credentials: alice }, 'web.test:443');
    expect(tunnel.restart()).toBe(false);
    let here = connection();
    expect(await tunnel.challenged(offer('Bound'), here, never)).toBe('same');
    for (let restart = 1; restart <= 4; restart++) {
      expect(await tunnel.header(here, never)).toBe(`Bound ${base64('alice 1')}`);
      expect(await tunnel.challenged(offer('Bound bm9uY2U='), here, never)).toBe('same');
      expect(tunnel.restart()).toBe(restart <= 3);
      here = connection();
    }
    tunnel.dispose();
    expect(log.filter((line) => line.startsWith('dispose'))).toHaveLength(4);
  });

  it('marks the connection as signed in', async () => {
    const { scheme } = connectionScheme();
    const tunnel = new TunnelSignIn(stateOf([scheme]), { ...proxy, credentials: alice }, 'web.test:443');
    const here = connection();
    await tunnel.challenged(offer('Bound'), here, never);
    await tunnel.header(here, never);
    await tunnel.succeeded(200, [], here);
    expect(here.proxyIdentity).toBeDefined();
    expect(here.serverIdentity).toBeUndefined();
  });

  it('may send credentials again whose answer never came: a CONNECT has done nothing', async () => {
    const tunnel = new TunnelSignIn(stateOf([basic()]), { ...proxy, credentials: alice }, 'web.test:443');
    const here = connection();
    await tunnel.challenged(offer('Basic'), here, never);
    await tunnel.header(here, never);
    expect(tunnel.restart()).toBe(true);
    expect(await tunnel.header(connection(), never)).toMatch(/^Basic /);
  });

  it.each([
    ['nothing offered can be used', offer('Fake'), 'ERR_PROXY_AUTH_UNSUPPORTED', ['fake']],
    ['nothing is offered', [], 'ERR_PROXY_AUTH_UNSUPPORTED', []],
    ['the user gives up', offer('Basic realm="r"'), 'ERR_PROXY_AUTH_REQUESTED', ['basic']],
  ])('fails when %s', async (_what, fields, code, offered) => {
    const state = stateOf([basic()], { credentials: async () => undefined });
    const tunnel = new TunnelSignIn(state, { ...proxy, scheme: 'https' }, 'web.test:443');
    await expect(tunnel.challenged(fields, connection(), never)).rejects.toMatchObject({
      code,
      offered,
      proxy: 'https://proxy.test:3128',
      url: 'https://web.test/',
    });
  });

  it('fails when the proxy refuses, and says by what it was tried', async () => {
    const tunnel = new TunnelSignIn(stateOf([basic()]), { ...proxy, credentials: alice }, 'web.test:443');
    await tunnel.challenged(offer('Basic'), connection(), never);
    await tunnel.header(connection(), never);
    await expect(tunnel.challenged(offer('Basic'), connection(), never)).rejects.toMatchObject({
      code: 'ERR_PROXY_AUTH_REQUESTED',
      tried: [{ scheme: 'basic', reason: 'the proxy refused the identity (407)' }],
    });
  });
});
