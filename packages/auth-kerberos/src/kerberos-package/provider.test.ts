import type { Kerberos } from 'kerberos';
import { describe, expect, it } from 'vitest';
import { contextRequest } from '../../test/request.js';
import { CallQueue } from '../native/call-queue.js';
import type { ContextRequest } from '../provider.js';
import { KerberosPackageProvider, kerberosPackageProvider } from './provider.js';

const { signal } = new AbortController();
const ambient = contextRequest();
const password = {
  ...ambient,
  credentials: { kind: 'password', username: 'alice', password: 'x', domain: 'CORP' },
} as const;
const binding = { type: 'tls-server-end-point', applicationData: Buffer.from('tls-server-end-point:x') } as const;

/** The package as far as it is used; it answers what it was given, and is complete when it was given anything. */
function providerFor(platform: NodeJS.Platform = 'linux', failure?: Error) {
  const calls: unknown[] = [];
  const kerberos: Kerberos = {
    GSS_MECH_OID_SPNEGO: 6,
    initializeClient: async (service, options) => {
      calls.push([service, options]);
      let contextComplete = false;
      return {
        get contextComplete() {
          return contextComplete;
        },
        step: async (challenge) => {
          if (failure) throw failure;
          contextComplete = challenge !== '';
          return contextComplete ? null : Buffer.from('first').toString('base64');
        },
      };
    },
  };
  const provider = new KerberosPackageProvider(async () => kerberos, 5_000, platform, new CallQueue());
  return { provider, calls };
}

describe('the package kerberos', () => {
  it('makes the tokens', async () => {
    const { provider, calls } = providerFor();
    expect(await provider.unavailable()).toBeUndefined();
    const context = provider.initialise(ambient);
    const first = await context.step(undefined, signal);
    expect([Buffer.from(first.token!).toString(), first.complete, first.mutual]).toEqual(['first', false, false]);
    const last = await context.step(Buffer.from('answer'), signal);
    expect(last).toEqual({ token: undefined, complete: true, mutual: true });
    expect(calls).toEqual([['HTTP@web.test', { mechOID: 6, gssFlags: 2 }]]);
    context.dispose();
    await expect(context.step(undefined, signal)).rejects.toThrow(/disposed/);
  });

  it('takes a password on Windows', async () => {
    const { provider, calls } = providerFor('win32');
    await provider.initialise({ ...password, delegation: 'always' }).step(undefined, signal);
    const user = { user: 'alice', password: 'x', domain: 'CORP' };
    expect(calls).toEqual([['HTTP/web.test', { mechOID: 6, gssFlags: 3, ...user }]]);
  });

  it.each<[string, NodeJS.Platform, ContextRequest, boolean]>([
    ['tickets', 'linux', ambient, true],
    ['a password', 'linux', password, false],
    ['a password', 'win32', password, true],
    ['a keytab', 'win32', { ...ambient, credentials: { kind: 'keytab', principal: 'a', keytab: 'b' } }, false],
    ['a channel binding', 'win32', { ...ambient, channelBinding: binding }, false],
    ['bare NTLM', 'win32', { ...ambient, package: 'ntlm' }, false],
    ['delegation as the KDC says', 'linux', { ...ambient, delegation: 'ok-as-delegate' }, false],
    ['delegation as the KDC says', 'win32', { ...ambient, delegation: 'ok-as-delegate' }, true],
  ])('%s on %s', (_, platform, request, supported) => {
    expect(providerFor(platform).provider.supports(request)).toBe(supported);
  });

  it('has its errors put into words', async () => {
    const { provider } = providerFor('linux', new Error('Unspecified GSS failure: Ticket expired'));
    await expect(provider.initialise(ambient).step(undefined, signal)).rejects.toMatchObject({
      effect: 'drop-identity',
      message: expect.stringContaining('has expired'),
    });
  });

  it('that is not there makes the provider unavailable', async () => {
    const load = async () => Promise.reject(new Error('the package kerberos cannot be loaded: it is not installed'));
    const provider = new KerberosPackageProvider(load, 5_000);
    expect(await provider.unavailable()).toMatch(/not installed/);
  });

  it('checks its options', () => expect(() => kerberosPackageProvider({ timeoutMs: -1 })).toThrow(TypeError));
});
