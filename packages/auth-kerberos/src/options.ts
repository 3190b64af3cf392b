import { type AuthTarget, HostRules, type SecurityMechanism } from '@netloom/contracts';
import type { ContextCredentials, NegotiateProvider } from './provider.js';
import type { SpnFunction, SpnOptions, SpnSettings } from './spn.js';

/** The providers that this package knows. */
export type ProviderName = 'gssapi' | 'sspi' | 'kerberos' | 'managed';

/** Credentials that stand in for those of the logged-in user. */
export type ServiceCredentials = Extract<ContextCredentials, { readonly kind: 'keytab' | 'ccache' }>;

/** Which servers may act in the user's name. */
export interface DelegationOptions {
  /** The servers, written like the bypass rules of a proxy: `*.corp.example, https://portal.corp.example`. */
  readonly to: string;
  /**
   * `ok-as-delegate`: of these, the ones that the KDC has marked so. `always`: all of these, which is called
   * unconstrained: such a server can do at any other whatever the user can. Default `ok-as-delegate`.
   */
  readonly by?: 'ok-as-delegate' | 'always' | undefined;
}

/** What {@link negotiate} takes. */
export interface NegotiateOptions {
  /**
   * NTLM for SPNEGO to carry, such as `ntlmMechanism()` of `@netloom/auth-ntlm`. It signs in where no Kerberos is there
   * and a user name and a password are known.
   */
  readonly ntlm?: SecurityMechanism | undefined;
  /**
   * Who makes the tokens, in order of preference: names, or providers of your own. Default: the library of the system
   * (`sspi` on Windows, else `gssapi`), the `kerberos` package if it is installed, `managed` if {@link NegotiateOptions.ntlm}
   * is given.
   */
  readonly providers?: readonly (ProviderName | NegotiateProvider)[] | undefined;
  /**
   * `chromium`: names, identities and bindings as in Chromium and its policies. Options that are given besides are
   * stronger. Default: none; the README has a table of what differs.
   */
  readonly policy?: 'chromium' | undefined;
  /** How the name of the service is made, or a function that makes it. */
  readonly spn?: SpnOptions | SpnFunction | undefined;
  /** A keytab or a credential cache to use in place of the logged-in user's tickets, for programs without a user. */
  readonly credentials?: ServiceCredentials | undefined;
  /** Which servers get the user's ticket to act with. Never a proxy. Default: none. */
  readonly delegation?: DelegationOptions | undefined;
  /**
   * Who has to prove himself: `server`, `proxy`. A token that comes with the answer is always verified; here an answer
   * without one is an error. Proxies seldom send one. Default: nobody.
   */
  readonly requireMutual?: readonly AuthTarget[] | undefined;
  /**
   * Whether tokens are bound to the TLS connection that they travel on (RFC 5929): `prefer` does so with every provider
   * that can, `require` leaves out those that cannot, `never` is for a server behind something that ends TLS. Default
   * `prefer`.
   */
  readonly channelBinding?: 'prefer' | 'require' | 'never' | undefined;
  /**
   * How long a library may take for one step, and how long a step waits for its turn, in milliseconds, from 1 on. After
   * that it is not used for 60 s, and what comes next in line is. Default 10 000.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Where GSSAPI is called: `none`, on a thread of this process, where a call that hangs delays the end of the program;
   * `process`, in a child that is killed then. The `kerberos` package, which cannot be called there, is then not used
   * unless {@link NegotiateOptions.providers} names it. No effect on Windows. Default `none`.
   */
  readonly isolation?: 'none' | 'process' | undefined;
  /** Whether `managed` sends bare NTLM messages in `Negotiate`, without SPNEGO around them. Default false. */
  readonly bareNtlm?: boolean | undefined;
}

/** The options with their defaults. */
export interface Settings {
  readonly ntlm: SecurityMechanism | undefined;
  readonly providers: readonly (ProviderName | NegotiateProvider)[];
  readonly spn: SpnSettings;
  readonly credentials: ServiceCredentials | undefined;
  readonly delegationRules: HostRules | undefined;
  readonly delegateBy: 'ok-as-delegate' | 'always';
  readonly mutual: boolean;
  readonly requireMutual: readonly AuthTarget[];
  readonly channelBinding: 'prefer' | 'require' | 'never';
  readonly bareNtlm: boolean;
  /** Whether a user name and a password may be used. */
  readonly explicit: boolean;
}

const NAMES: readonly unknown[] = ['gssapi', 'sspi', 'kerberos', 'managed'] satisfies ProviderName[];

/**
 * Checks the options and fills in what is missing.
 *
 * @throws TypeError when an option is not what it has to be.
 */
export function settingsOf(options: NegotiateOptions, platform: NodeJS.Platform = process.platform): Settings {
  const isChromium = oneOf('policy', options.policy, ['chromium'], undefined) === 'chromium';
  const isWindows = platform === 'win32';
  const ntlm = mechanism(options.ntlm);
  const native: ProviderName = isWindows ? 'sspi' : 'gssapi';
  const isolated = oneOf('isolation', options.isolation, ['none', 'process'], 'none') === 'process' && !isWindows;
  const usual: ProviderName[] = [
    native,
    ...(isolated ? [] : (['kerberos'] as const)),
    ...(ntlm === undefined ? [] : (['managed'] as const)),
  ];
  const { to, by } = { ...options.delegation };
  return {
    ntlm,
    providers: providers(options.providers ?? usual, ntlm),
    spn: spnSettings(options.spn, isChromium),
    credentials: serviceCredentials(options.credentials),
    delegationRules: options.delegation === undefined ? undefined : delegationRules(to),
    delegateBy: oneOf('delegation.by', by, ['ok-as-delegate', 'always'], isChromium ? 'always' : 'ok-as-delegate'),
    mutual: !isChromium || (options.requireMutual ?? []).length > 0,
    requireMutual: targets(options.requireMutual ?? []),
    channelBinding: oneOf(
      'channelBinding',
      options.channelBinding,
      ['prefer', 'require', 'never'],
      isChromium && !isWindows ? 'never' : 'prefer',
    ),
    bareNtlm: bool('bareNtlm', options.bareNtlm, false),
    explicit: !isChromium || isWindows,
  };
}

function delegationRules(to: unknown): HostRules {
  if (typeof to === 'string') return HostRules.parse(to, { implicit: false });
  throw new TypeError('delegation.to has to be a list of hosts such as "*.corp.example"');
}

function spnSettings(options: NegotiateOptions['spn'], isChromium: boolean): SpnSettings {
  if (typeof options === 'function') return options;
  const { canonicalName, port, service = 'HTTP' } = object('spn', options);
  if (!/^[\w-]+$/.test(text('spn.service', service))) {
    throw new TypeError('spn.service has to be a service class such as HTTP');
  }
  const names = ['always', 'fallback', 'never'] as const;
  return {
    canonicalName: oneOf('spn.canonicalName', canonicalName, names, isChromium ? 'always' : 'fallback'),
    port: bool('spn.port', port, false),
    service,
  };
}

function providers(list: NonNullable<NegotiateOptions['providers']>, ntlm: SecurityMechanism | undefined) {
  if (!Array.isArray(list) || list.length === 0)
    throw new TypeError('providers has to be a list of at least one provider');
  for (const entry of list as readonly (ProviderName | NegotiateProvider)[]) {
    if (typeof entry === 'string' ? !NAMES.includes(entry) : typeof entry?.initialise !== 'function') {
      throw new TypeError(
        `providers has to hold ${NAMES.join(', ')} or objects with a method initialise, not ${String(entry)}`,
      );
    }
    if (entry === 'managed' && ntlm === undefined) {
      throw new TypeError('the provider managed needs the option ntlm, such as ntlmMechanism() of @netloom/auth-ntlm');
    }
  }
  return [...list];
}

function mechanism(value: SecurityMechanism | undefined): SecurityMechanism | undefined {
  if (value === undefined || (typeof value?.start === 'function' && typeof value.oid === 'string')) return value;
  throw new TypeError('ntlm has to be a security mechanism, such as ntlmMechanism() of @netloom/auth-ntlm');
}

function serviceCredentials(value: ServiceCredentials | undefined): ServiceCredentials | undefined {
  if (value === undefined) return undefined;
  const kind: unknown = object('credentials', value).kind;
  if (value.kind === 'keytab') {
    text('credentials.principal', value.principal);
    text('credentials.keytab', value.keytab);
  } else if (value.kind === 'ccache') {
    text('credentials.ccache', value.ccache);
  } else {
    throw new TypeError(`credentials.kind has to be keytab or ccache, not ${String(kind)}`);
  }
  return { ...value };
}

function targets(value: readonly AuthTarget[]): readonly AuthTarget[] {
  if (Array.isArray(value) && value.every((target) => target === 'server' || target === 'proxy')) return [...value];
  throw new TypeError("requireMutual has to be a list of 'server' and 'proxy'");
}

function object<T extends object>(name: string, value: T | undefined): Partial<T> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} has to be an object`);
  return value;
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name} has to be a text that is not empty`);
  return value;
}

function bool(name: string, value: boolean | undefined, otherwise: boolean): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? otherwise;
  throw new TypeError(`${name} has to be a boolean`);
}

function oneOf<T extends string, D extends T | undefined>(
  name: string,
  value: T | undefined,
  values: readonly T[],
  otherwise: D,
): T | D {
  if (value === undefined) return otherwise;
  if (values.includes(value)) return value;
  throw new TypeError(`${name} has to be one of ${values.join(', ')}, not ${String(value)}`);
}
