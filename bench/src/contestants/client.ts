import { negotiate } from '@netloom/auth-kerberos';
import { ntlm, ntlmMechanism } from '@netloom/auth-ntlm';
import { basic, type Client, createClient, digest } from '@netloom/core';
import { createProxyResolver } from '@netloom/proxy-resolver';
import { type Open, type Setting, without } from './contestant.js';
import { byDispatch, byFetch, byRequest } from './over-dispatcher.js';

/** Negotiate without the system's library, which wants a domain: NTLM inside SPNEGO. */
const SCHEMES = { basic, digest, ntlm, negotiate: () => negotiate({ providers: ['managed'], ntlm: ntlmMechanism() }) };

/** A client of ours for a setting. */
export function createNetloom(setting: Setting): Client {
  const { signIn, pac, connections, http2 = false, redirects, decode = false } = setting;
  return createClient({
    http2,
    decode,
    limits: { perOrigin: connections, total: Math.max(connections, 256) },
    redirect: { mode: redirects ? 'follow' : 'manual' },
    proxy: pac === undefined ? setting.proxy : createProxyResolver({ pacScript: `data:,${encodeURIComponent(pac)}` }),
    ...(signIn && { auth: [SCHEMES[signIn.scheme]()], credentials: async () => signIn }),
  });
}

export const dispatch: Open = (setting) => {
  without(setting, 'redirects', 'decode');
  const client = createNetloom(setting);
  return {
    ...byDispatch((options, handler) => client.dispatcher.dispatch(options, handler)),
    close: () => client.destroy(),
  };
};

export const request: Open = (setting) => {
  const client = createNetloom(setting);
  return { ...byRequest(client.request), close: () => client.destroy() };
};

export const fetch: Open = (setting) => {
  // fetch follows redirects and decodes bodies itself.
  const client = createNetloom({ ...setting, redirects: false, decode: false });
  return { ...byFetch((url, init) => client.fetch(url, init)), close: () => client.destroy() };
};

/** Opens and closes a client for every request. */
export const requestAnew: Open = (setting) => ({
  async get(url) {
    const client = createNetloom(setting);
    const { statusCode, body } = await client.request(url);
    await body.dump();
    await client.close();
    return statusCode;
  },
  close: () => undefined,
});
