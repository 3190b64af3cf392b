import type { AuthTarget, NetErrorCode } from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { kerberosError } from '../src/errors.js';
import { isGssError } from '../src/failure.js';
import { negotiate } from '../src/index.js';
import { type Settings, settingsOf } from '../src/options.js';
import { formatSpn, servicePrincipal } from '../src/spn.js';
import { aliases, challengeOf, contextOf, never } from './context.js';
import { fakeProvider } from './provider.js';

const chromium = (platform: NodeJS.Platform = 'linux') => settingsOf({ policy: 'chromium' }, platform);
const CORE = 'core';

interface SpnCase {
  readonly url: string;
  readonly target?: AuthTarget;
  readonly disableCnameLookup: boolean;
  readonly enablePort: boolean;
  readonly canonicalName?: string;
  readonly spn: { readonly posix: string; readonly win32: string };
}

/** Routine errors by name, in the order of their numbers (RFC 2744 section 3.9.1). */
const ROUTINE = [
  'COMPLETE',
  'BAD_MECH',
  'BAD_NAME',
  'BAD_NAMETYPE',
  'BAD_BINDINGS',
  'BAD_STATUS',
  'BAD_SIG',
  'NO_CRED',
  'NO_CONTEXT',
  'DEFECTIVE_TOKEN',
  'DEFECTIVE_CREDENTIAL',
  'CREDENTIALS_EXPIRED',
  'CONTEXT_EXPIRED',
  'FAILURE',
];

function majorOf(status: string): number {
  if (status === 'any calling error') return 2 << 24;
  if (status === 'GSS_S_CONTINUE_NEEDED') return 1;
  const number = ROUTINE.indexOf(status.replace('GSS_S_', ''));
  if (number < 0) throw new Error(`Unknown status ${status}`);
  return number << 16;
}

/** What the options are called that the vectors call as Chromium's preferences are. */
const DEFAULTS: Readonly<Record<string, (settings: Settings) => unknown>> = {
  disableCnameLookup: ({ spn }) => typeof spn !== 'function' && spn.canonicalName !== 'always',
  enableNegotiatePort: ({ spn }) => typeof spn !== 'function' && spn.port,
  delegateByKdcPolicy: ({ delegateBy }) => delegateBy === 'ok-as-delegate',
};

describeVectors(new URL('./vectors/', import.meta.url), 'auth-policy', {
  score: CORE,
  allowlist: CORE,
  'no-allowlist': CORE,
  factory: CORE,
  'token-error': CORE,
  'identity-order': CORE,
  controller: CORE,

  'default-credentials'(v: {
    readonly scheme: string;
    readonly platform?: string;
    readonly explicitCredentials?: boolean;
  }) {
    // What core makes of the two flags is its own test.
    if (v.scheme !== 'negotiate') return;
    const explicit = chromium(v.platform === 'win32' ? 'win32' : 'linux').explicit;
    if (v.explicitCredentials !== undefined) expect(explicit).toBe(v.explicitCredentials);
    expect(negotiate({ policy: 'chromium' }).connectionBound && negotiate().identities?.ambient).toBe(true);
  },

  async spn(v: SpnCase) {
    const { hostname, port, protocol } = new URL(v.url);
    const settings = settingsOf({
      policy: 'chromium',
      spn: { port: v.enablePort, ...(v.disableCnameLookup && { canonicalName: 'never' }) },
    });
    const context = contextOf({
      target: v.target ?? 'server',
      protocol: protocol as 'http:' | 'https:',
      host: hostname,
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
      hostResolver: aliases(v.canonicalName === undefined ? {} : { [hostname]: v.canonicalName }),
    });
    const principal = await servicePrincipal(settings.spn, context, never);
    expect(formatSpn(principal, 'gssapi')).toBe(v.spn.posix);
    expect(formatSpn(principal, 'sspi')).toBe(v.spn.win32);
  },

  async delegation(v: { readonly delegateAllowlist: string; readonly url: string; readonly result: string }) {
    const { provider, requests } = fakeProvider();
    const scheme = negotiate({ policy: 'chromium', providers: [provider], delegation: { to: v.delegateAllowlist } });
    const { hostname, port, protocol } = new URL(v.url);
    const context = { host: hostname, port: Number(port || 80), protocol: protocol as 'http:' | 'https:' };
    await scheme.start(contextOf(context)).step(challengeOf(), never);
    const words = { none: 'never', unconstrained: 'always', constrained: 'ok-as-delegate' };
    expect(requests[0]?.delegation).toBe(words[v.result as keyof typeof words]);
  },

  defaults(v: { readonly setting: string; readonly value: unknown }) {
    // The list of schemes is that of whoever makes a client.
    if (v.setting === 'schemes') return;
    const read = DEFAULTS[v.setting];
    if (read === undefined) throw new Error(`Unknown setting ${v.setting}`);
    expect(read(chromium())).toBe(v.value);
  },

  'gss-status'(v: { readonly status: string; readonly error: NetErrorCode | 'OK' }) {
    const [call, status] = v.status.startsWith('import_name: ')
      ? ['gss_import_name', v.status.slice('import_name: '.length)]
      : ['gss_init_sec_context', v.status];
    const major = majorOf(status!);
    expect(isGssError(major)).toBe(v.error !== 'OK');
    if (v.error === 'OK') return;
    const failure = {
      provider: 'gssapi',
      call,
      major,
      text: '',
      spn: 'HTTP@web.test',
      credentials: 'ambient',
    } as const;
    expect(kerberosError(failure).code).toBe(v.error);
  },
});
