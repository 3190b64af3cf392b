import { ntlmMechanism } from '@netloom/auth-ntlm';
import { describe, expect, it } from 'vitest';
import { negotiate } from '../src/index.js';
import { type NegotiateOptions, settingsOf } from '../src/options.js';

const ntlm = ntlmMechanism();

describe('defaults', () => {
  it('try the library of the system first', () => {
    expect(settingsOf({}, 'linux').providers).toEqual(['gssapi', 'kerberos']);
    expect(settingsOf({}, 'darwin').providers).toEqual(['gssapi', 'kerberos']);
    expect(settingsOf({ ntlm }, 'win32').providers).toEqual(['sspi', 'kerberos', 'managed']);
  });

  it('call nothing that cannot be killed where isolation is wanted', () => {
    expect(settingsOf({ isolation: 'process' }, 'linux').providers).toEqual(['gssapi']);
    expect(settingsOf({ isolation: 'process', ntlm }, 'win32').providers).toEqual(['sspi', 'kerberos', 'managed']);
  });

  it('prove the peer, bind to the channel, and hand no ticket on', () => {
    expect(settingsOf({}, 'linux')).toMatchObject({
      mutual: true,
      requireMutual: [],
      channelBinding: 'prefer',
      delegationRules: undefined,
      delegateBy: 'ok-as-delegate',
      explicit: true,
      spn: { canonicalName: 'fallback', port: false, service: 'HTTP' },
    });
  });

  it("of Chromium's policy are Chromium's", () => {
    const posix = { spn: { canonicalName: 'always', port: false }, mutual: false, delegateBy: 'always' };
    expect(settingsOf({ policy: 'chromium' }, 'linux')).toMatchObject({
      ...posix,
      explicit: false,
      channelBinding: 'never',
    });
    expect(settingsOf({ policy: 'chromium' }, 'win32')).toMatchObject({
      ...posix,
      explicit: true,
      channelBinding: 'prefer',
    });
  });

  it('give way to what is said', () => {
    const options: NegotiateOptions = {
      policy: 'chromium',
      spn: { canonicalName: 'never' },
      channelBinding: 'require',
      requireMutual: ['server'],
      delegation: { to: 'a.test', by: 'ok-as-delegate' },
    };
    expect(settingsOf(options, 'linux')).toMatchObject({
      spn: { canonicalName: 'never' },
      channelBinding: 'require',
      mutual: true,
      delegateBy: 'ok-as-delegate',
    });
  });
});

it('the scheme says whose credentials it can use', () => {
  expect(negotiate()).toMatchObject({ name: 'negotiate', identities: { explicit: true, ambient: true } });
  expect(negotiate({ ntlm, providers: ['managed'] })).toMatchObject({ identities: { explicit: true, ambient: false } });
});

it.each([
  [{ policy: 'firefox' }, 'policy has to be one of chromium'],
  [{ ntlm: {} }, 'ntlm has to be a security mechanism'],
  [{ providers: [] }, 'at least one'],
  [{ providers: 'gssapi' }, 'at least one'],
  [{ providers: ['heimdal'] }, 'not heimdal'],
  [{ providers: ['managed'] }, 'needs the option ntlm'],
  [{ spn: 'HTTP/x' }, 'spn has to be an object'],
  [{ spn: { canonicalName: true } }, 'spn.canonicalName has to be one of always, fallback, never'],
  [{ spn: { port: 1 } }, 'spn.port has to be a boolean'],
  [{ spn: { service: 'a/b' } }, 'spn.service'],
  [{ credentials: null }, 'credentials has to be an object'],
  [{ credentials: { kind: 'ambient' } }, 'credentials.kind'],
  [{ credentials: { kind: 'keytab', keytab: 'f' } }, 'credentials.principal'],
  [{ credentials: { kind: 'ccache', ccache: '' } }, 'credentials.ccache'],
  [{ delegation: {} }, 'delegation.to'],
  [{ delegation: { to: 'a', by: 'kdc' } }, 'delegation.by'],
  [{ requireMutual: true }, 'requireMutual'],
  [{ requireMutual: ['origin'] }, 'requireMutual'],
  [{ channelBinding: true }, 'channelBinding'],
  [{ bareNtlm: 1 }, 'bareNtlm'],
  [{ isolation: true }, 'isolation'],
  [{ timeoutMs: 0 }, 'timeoutMs'],
])('refuses %j', (options, message) => {
  expect(() => negotiate(options as NegotiateOptions)).toThrow(TypeError);
  expect(() => negotiate(options as NegotiateOptions)).toThrow(message);
});
