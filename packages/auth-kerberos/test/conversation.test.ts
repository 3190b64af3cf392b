import { ntlmMechanism } from '@netloom/auth-ntlm';
import { type AuthContext, type ChannelBinding, SchemeError } from '@netloom/contracts';
import { describe, expect, it } from 'vitest';
import { kerberosError } from '../src/errors.js';
import { type NegotiateOptions, type NegotiateProvider, negotiate } from '../src/index.js';
import { aliases, alice, bytes, challengeOf, challengeWith, contextOf, never, text } from './context.js';
import { fakeProvider } from './provider.js';

const channelBinding: ChannelBinding = {
  type: 'tls-server-end-point',
  applicationData: bytes('tls-server-end-point:x'),
};

function start(
  providers: NegotiateProvider | readonly NegotiateProvider[],
  context: Partial<AuthContext> = {},
  options: NegotiateOptions = {},
) {
  const list = [providers].flat() as NegotiateProvider[];
  return negotiate({ providers: list, ...options }).start(contextOf(context));
}

const unknownService = (spn: string) =>
  kerberosError({ provider: 'gssapi', major: 0xd0000, minor: 0x96c73a07, text: 'x', spn, credentials: 'ambient' });
const noTicket = () =>
  kerberosError({ provider: 'gssapi', major: 0x70000, minor: 0, text: '', spn: 'HTTP@x', credentials: 'ambient' });

describe('rounds', () => {
  it('passes tokens on until the context is complete, and verifies the last one', async () => {
    const { provider, log } = fakeProvider({
      step: (token) =>
        token === undefined
          ? { token: bytes('one') }
          : token === 'two'
            ? { token: bytes('three') }
            : { complete: true, mutual: true },
    });
    const conversation = start(provider);
    expect(text(await conversation.step(challengeOf(), never))).toBe('one');
    expect(text(await conversation.step(challengeWith(bytes('two')), never))).toBe('three');
    await expect(conversation.finish({ status: 200, token: bytes('four') })).resolves.toBe('ok');
    conversation.dispose();
    expect(log).toEqual(['initialise HTTP/web.test', 'step -', 'step two', 'step four', 'dispose']);
  });

  it('takes an answer without a token', async () => {
    const { provider, log } = fakeProvider();
    const conversation = start(provider);
    await conversation.step(challengeOf(), never);
    await expect(conversation.finish({ status: 200 })).resolves.toBe('ok');
    expect(log).not.toContain('step four');
  });

  it('gives the identity up when the peer goes on although everything is said', async () => {
    const conversation = start(fakeProvider({ step: () => ({ token: bytes('one'), complete: true }) }).provider);
    await conversation.step(challengeOf(), never);
    await expect(conversation.step(challengeWith(bytes('more')), never)).rejects.toMatchObject({
      effect: 'drop-identity',
      code: 'ERR_INVALID_AUTH_CREDENTIALS',
    });
  });

  it('gives the identity up when there is nothing to answer', async () => {
    const conversation = start(
      fakeProvider({ step: (token) => ({ token: token === undefined ? bytes('one') : undefined }) }).provider,
    );
    await conversation.step(challengeOf(), never);
    await expect(conversation.step(challengeWith(bytes('two')), never)).rejects.toMatchObject({
      effect: 'drop-identity',
      detail: 'the peer asks for a token, and there is none to send',
    });
  });

  it.each(['!!!!', 'abc'])('disables the scheme when the token %s is not base64', async (token) => {
    const conversation = start(fakeProvider().provider);
    await conversation.step(challengeOf(), never);
    await expect(conversation.step(challengeOf(`Negotiate ${token}`), never)).rejects.toMatchObject({
      effect: 'disable-scheme',
      code: 'ERR_INVALID_RESPONSE',
    });
  });

  it('ends with the reason of the signal', async () => {
    const gone = new Error('gone');
    const abort = new AbortController();
    const { provider, log } = fakeProvider({
      step: () => {
        abort.abort(gone);
        throw new Error('interrupted');
      },
    });
    await expect(start(provider).step(challengeOf(), abort.signal)).rejects.toBe(gone);
    expect(log.at(-1)).toBe('dispose');
  });

  it('frees a context whose conversation was given up meanwhile', async () => {
    const { provider, log } = fakeProvider({
      step: () => {
        conversation.dispose();
        return { token: bytes('late') };
      },
    });
    const conversation = start(provider);
    await expect(conversation.step(challengeOf(), never)).rejects.toThrow('given up');
    expect(log).toContain('dispose');
  });
});

describe('the proof of the peer', () => {
  const answered = async (
    step: Parameters<typeof fakeProvider>[0],
    options: NegotiateOptions,
    token?: Uint8Array,
    target: 'server' | 'proxy' = 'server',
  ) => {
    const { provider, requests } = fakeProvider(step);
    const conversation = start(provider, { target }, options);
    await conversation.step(challengeOf(), never);
    return { result: conversation.finish({ status: 200, token }), requests };
  };
  const wrong = {
    step: (token: string | undefined) => {
      if (token === undefined) return { token: bytes('one') };
      throw new SchemeError('ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS', {
        effect: 'disable-scheme',
        detail: 'wrong key',
      });
    },
  };

  it('fails the request when the token is wrong, and says why', async () => {
    const { result } = await answered(wrong, {}, bytes('forged'));
    await expect(result).rejects.toMatchObject({
      code: 'ERR_INVALID_RESPONSE',
      effect: 'fail',
      detail: 'the peer did not prove itself: wrong key',
    });
  });

  it('fails the request when the token leads nowhere', async () => {
    const { result } = await answered({ step: () => ({ token: bytes('one') }) }, {}, bytes('half'));
    await expect(result).resolves.toBe('mutual-auth-failed');
  });

  it('is required of whom the options name', async () => {
    const options = { requireMutual: ['server'] } as const;
    await expect((await answered({}, options)).result).resolves.toBe('mutual-auth-failed');
    await expect((await answered({}, options, bytes('proof'))).result).resolves.toBe('ok');
    await expect((await answered({}, options, undefined, 'proxy')).result).resolves.toBe('ok');
    const unproved = {
      step: (token: string | undefined) => (token === undefined ? { token: bytes('one') } : { complete: true }),
    };
    await expect((await answered(unproved, options, bytes('end'))).result).resolves.toBe('mutual-auth-failed');
  });

  it("is neither asked for nor looked at by Chromium's policy", async () => {
    const { result, requests } = await answered(wrong, { policy: 'chromium' }, bytes('forged'));
    await expect(result).resolves.toBe('ok');
    expect(requests[0]?.mutual).toBe(false);
  });
});

describe('the choice of a provider', () => {
  it('takes the first that can, and says why the others cannot', async () => {
    const missing = fakeProvider({
      name: 'gssapi',
      unavailable: 'none of libgssapi_krb5.so.2, libgssapi.so.3 is there',
    });
    const ambientOnly = fakeProvider({
      name: 'kerberos',
      supports: ({ credentials }) => credentials.kind === 'ambient',
    });
    const works = fakeProvider({ name: 'own' });
    await start([missing.provider, ambientOnly.provider, works.provider], { identity: alice }).step(
      challengeOf(),
      never,
    );
    expect(works.log).toEqual(['initialise HTTP/web.test', 'step -']);
    expect([...missing.log, ...ambientOnly.log]).toEqual([]);

    await expect(
      start([missing.provider, ambientOnly.provider], { identity: alice }).step(challengeOf(), never),
    ).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED_AUTH_SCHEME',
      effect: 'disable-scheme',
      detail:
        'gssapi: none of libgssapi_krb5.so.2, libgssapi.so.3 is there; kerberos: it cannot use a user name and a password here',
    });
  });

  it('goes on with the next one after a failure, and frees the context', async () => {
    const fails = fakeProvider({
      step: () => {
        throw new Error('the library crashed');
      },
    });
    const works = fakeProvider();
    await start([fails.provider, works.provider]).step(challengeOf(), never);
    expect(fails.log).toEqual(['initialise HTTP/web.test', 'step -', 'dispose']);
    expect(works.log).toEqual(['initialise HTTP/web.test', 'step -']);
  });

  it('gives the logged-in user up where there is no ticket', async () => {
    const { provider } = fakeProvider({
      name: 'gssapi',
      step: () => {
        throw noTicket();
      },
    });
    await expect(start(provider).step(challengeOf(), never)).rejects.toMatchObject({
      code: 'ERR_MISSING_AUTH_CREDENTIALS',
      effect: 'drop-identity',
      detail: 'gssapi: no Kerberos ticket: run "kinit user@REALM"',
      cause: { name: 'SecurityLibraryError', reason: 'no-ticket', major: 0x70000 },
    });
  });

  it('does not try a wrong password a second time', async () => {
    const first = fakeProvider({
      name: 'gssapi',
      step: () => {
        throw kerberosError({
          provider: 'gssapi',
          major: 0xd0000,
          minor: 0x96c73a18,
          text: '',
          spn: '',
          credentials: 'password',
        });
      },
    });
    const second = fakeProvider();
    await expect(
      start([first.provider, second.provider], { identity: alice }).step(challengeOf(), never),
    ).rejects.toMatchObject({
      effect: 'drop-identity',
      code: 'ERR_INVALID_AUTH_CREDENTIALS',
    });
    expect(second.log).toEqual([]);
  });

  it('leaves a hash of the password to NTLM', async () => {
    const { provider, log } = fakeProvider({ name: 'gssapi' });
    const identity = { username: 'alice', password: '', ntHash: '00'.repeat(16) };
    const ntlm = ntlmMechanism();
    const token = await start([provider], { identity }, { ntlm, providers: [provider, 'managed'] }).step(
      challengeOf(),
      never,
    );
    expect(text(token)).toContain('NTLMSSP');
    expect(log).toEqual([]);
  });

  it('fails the request where the library was called wrongly', async () => {
    const { provider } = fakeProvider({
      step: () => {
        throw kerberosError({ provider: 'gssapi', major: 0x1000000, text: '', spn: '', credentials: 'ambient' });
      },
    });
    await expect(start([provider, fakeProvider().provider]).step(challengeOf(), never)).rejects.toMatchObject({
      effect: 'fail',
      code: 'ERR_UNEXPECTED',
    });
  });

  it('wants no password for a while where nothing can use one', async () => {
    const fails = (minor: number) =>
      fakeProvider({
        step: () => {
          const codes = { major: 0xd0000, minor, text: '', spn: '' };
          throw kerberosError({ provider: 'gssapi', credentials: 'password', ...codes });
        },
      }).provider;
    const afterwards = async (provider: NegotiateProvider, identity: AuthContext['identity'] = alice) => {
      const scheme = negotiate({ providers: [provider] });
      await expect(scheme.start(contextOf({ identity })).step(challengeOf(), never)).rejects.toThrow();
      return scheme.identities;
    };
    const [cannotFindKdc, unknownService] = [0x96c73a9a, 0x96c73a07];
    expect(await afterwards(fakeProvider({ unavailable: 'no koffi' }).provider)).toMatchObject({ explicit: false });
    expect(await afterwards(fails(cannotFindKdc))).toMatchObject({ explicit: false });
    expect(await afterwards(fails(unknownService))).toMatchObject({ explicit: true });
    expect(await afterwards(fakeProvider({ unavailable: 'no koffi' }).provider, 'ambient')).toMatchObject({
      explicit: true,
      ambient: true,
    });
  });

  it('knows nobody without an identity', async () => {
    await expect(
      start(fakeProvider().provider, { identity: undefined }).step(challengeOf(), never),
    ).rejects.toMatchObject({
      code: 'ERR_MISSING_AUTH_CREDENTIALS',
    });
  });
});

describe('what a provider is asked for', () => {
  const requestFor = async (context: Partial<AuthContext>, options: NegotiateOptions = {}) => {
    const { provider, requests } = fakeProvider();
    await start(provider, context, options).step(challengeOf(), never);
    return requests[0]!;
  };

  it('the tickets of the logged-in user, or what stands in for them', async () => {
    expect((await requestFor({})).credentials).toEqual({ kind: 'ambient' });
    const credentials = { kind: 'keytab', principal: 'robot@CORP.TEST', keytab: '/etc/robot.keytab' } as const;
    expect((await requestFor({}, { credentials })).credentials).toEqual(credentials);
    expect((await requestFor({ identity: alice }, { credentials })).credentials).toEqual({
      kind: 'password',
      ...alice,
    });
  });

  it('no delegation but to the servers that a list names, and never to a proxy', async () => {
    const to = '*.corp.test, https://portal.test';
    const url = (host: string, protocol: 'http:' | 'https:' = 'http:') => ({
      host,
      protocol,
      port: protocol === 'http:' ? 80 : 443,
    });
    expect((await requestFor(url('web.corp.test'))).delegation).toBe('never');
    expect((await requestFor(url('web.corp.test'), { delegation: { to } })).delegation).toBe('ok-as-delegate');
    expect((await requestFor(url('web.corp.test'), { delegation: { to, by: 'always' } })).delegation).toBe('always');
    expect((await requestFor(url('portal.test'), { delegation: { to } })).delegation).toBe('never');
    expect((await requestFor(url('portal.test', 'https:'), { delegation: { to } })).delegation).toBe('ok-as-delegate');
    expect((await requestFor({ ...url('web.corp.test'), target: 'proxy' }, { delegation: { to } })).delegation).toBe(
      'never',
    );
    expect((await requestFor(url('localhost'), { delegation: { to } })).delegation).toBe('never');
  });

  it('the binding of the channel', async () => {
    expect((await requestFor({ channelBinding })).channelBinding).toBe(channelBinding);
    expect((await requestFor({ channelBinding }, { channelBinding: 'never' })).channelBinding).toBeUndefined();
  });

  it('no binding of a provider that cannot, unless it is required', async () => {
    const { provider, requests } = fakeProvider({ supports: (request) => request.channelBinding === undefined });
    await start(provider, { channelBinding }).step(challengeOf(), never);
    expect(requests[0]?.channelBinding).toBeUndefined();
    await expect(
      start(provider, { channelBinding }, { channelBinding: 'require' }).step(challengeOf(), never),
    ).rejects.toMatchObject({
      effect: 'disable-scheme',
    });
  });

  it('the canonical name after the one as given, where the KDC does not know that', async () => {
    const { provider, log } = fakeProvider({
      step: (_, { spn }) => {
        if (spn.host === 'web.test') throw unknownService('HTTP@web.test');
        return { token: bytes('one') };
      },
    });
    await start(provider, { hostResolver: aliases({ 'web.test': 'srv1.test.' }) }).step(challengeOf(), never);
    expect(log).toEqual(['initialise HTTP/web.test', 'step -', 'dispose', 'initialise HTTP/srv1.test', 'step -']);
  });

  it('one name where there is no other', async () => {
    const { provider, log } = fakeProvider({
      name: 'gssapi',
      step: () => {
        throw unknownService('HTTP@web.test');
      },
    });
    await expect(start(provider).step(challengeOf(), never)).rejects.toMatchObject({
      code: 'ERR_MISCONFIGURED_AUTH_ENVIRONMENT',
      effect: 'disable-scheme',
      detail: expect.stringContaining('the KDC knows no service HTTP@web.test'),
    });
    expect(log).toEqual(['initialise HTTP/web.test', 'step -', 'dispose']);
  });
});
