import { ntlm } from '@netloom/auth-ntlm';
import { type ConnectionScheme, isSchemeError } from '@netloom/contracts';
import { describe, expect, it } from 'vitest';
import { ntlmSso } from '../src/index.js';
import { alice, bytes, challengeOf, challengeWith, contextOf, never, text } from './context.js';
import { fakeProvider } from './provider.js';

describe('with a provider of the system', () => {
  const sspi = () =>
    fakeProvider({
      name: 'sspi',
      step: (token) => (token === undefined ? { token: bytes('type 1') } : { token: bytes('type 3'), complete: true }),
    });

  it('signs the logged-in user in', async () => {
    const { provider, requests } = sspi();
    const scheme = ntlmSso({ provider });
    expect(scheme).toMatchObject({ name: 'ntlm', identities: { explicit: false, ambient: true } });
    const conversation = scheme.start(contextOf());
    expect(text(await conversation.step(challengeOf('NTLM'), never))).toBe('type 1');
    expect(conversation.unfinished).toBe(true);
    expect(text(await conversation.step(challengeWith(bytes('type 2')), never))).toBe('type 3');
    expect(conversation.unfinished).toBe(false);
    await expect(conversation.finish({ status: 200 })).resolves.toBe('ok');
    expect(requests[0]).toMatchObject({ package: 'ntlm', credentials: { kind: 'ambient' } });
  });

  it('leaves users with a password to the other scheme', async () => {
    const { provider, log } = sspi();
    const scheme = ntlmSso({ provider, explicit: ntlm() });
    expect(scheme).toMatchObject({ identities: { explicit: true, ambient: true } });
    const token = await scheme.start(contextOf({ identity: alice })).step(challengeOf('NTLM'), never);
    expect(text(token)).toMatch(/^NTLMSSP\0/);
    expect(log).toEqual([]);
  });
});

describe.runIf(process.platform !== 'win32')('where the system has none', () => {
  it('is the other scheme', async () => {
    const scheme = ntlmSso({ explicit: ntlm() });
    expect(scheme).toMatchObject({ identities: { explicit: true, ambient: false } });
    await expect(scheme.start(contextOf({ identity: alice })).step(challengeOf('NTLM'), never)).resolves.toBeDefined();
  });

  it('says why it cannot be used', () => {
    let error: unknown;
    try {
      ntlmSso().start(contextOf());
    } catch (thrown) {
      error = thrown;
    }
    expect(isSchemeError(error) && [error.effect, error.detail]).toEqual([
      'disable-scheme',
      'the logged-in user can be signed in by NTLM on Windows only',
    ]);
  });
});

it.each([null, {}, { ...ntlm(), name: 'negotiate' }])('refuses %j as the other scheme', (explicit) => {
  expect(() => ntlmSso({ explicit: explicit as ConnectionScheme })).toThrow(TypeError);
});
