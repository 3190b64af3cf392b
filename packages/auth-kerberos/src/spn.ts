import type { AuthContext, AuthTarget } from '@netloom/contracts';
import type { ServicePrincipal } from './provider.js';

/** What a function that names services is told. */
export interface SpnAsk {
  readonly target: AuthTarget;
  readonly protocol: 'http:' | 'https:';
  /** Host of the URL or the proxy, in lower case, without brackets. */
  readonly host: string;
  readonly port: number;
  /** The name that the host's aliases (CNAME) lead to; the host itself where they cannot be looked up. */
  canonicalName(): Promise<string>;
}

/**
 * Names the service of a server or proxy, as `HTTP/host` or `HTTP@host`; which of the two is right for a library is not
 * its business.
 */
export type SpnFunction = (ask: SpnAsk) => string | Promise<string>;

/** How the name of a service is made from that of its host. */
export interface SpnOptions {
  /**
   * Whether the host's canonical name (CNAME) is asked for: `always`, as browsers do; `never`; or where the KDC does not
   * know the name as given (`fallback`). DNS is not protected, so who may answer for it chooses the service. Windows never
   * says that it does not know a name, it goes on with NTLM. Default `fallback`.
   */
  readonly canonicalName?: 'always' | 'fallback' | 'never' | undefined;
  /** Whether a port that is not 80 or 443 is part of the name. Default false. */
  readonly port?: boolean | undefined;
  /** Service class. Default `HTTP`. */
  readonly service?: string | undefined;
}

/** The options with their defaults. */
export type SpnSettings = SpnFunction | { readonly [Name in keyof SpnOptions]-?: NonNullable<SpnOptions[Name]> };

/**
 * The name to ask the KDC for.
 *
 * @throws TypeError when a function returns none.
 */
export async function servicePrincipal(
  settings: SpnSettings,
  auth: AuthContext,
  signal: AbortSignal,
): Promise<ServicePrincipal> {
  if (typeof settings === 'function') {
    const { target, protocol, host, port } = auth;
    const canonicalName = () => canonicalNameOf(auth, signal);
    return parseSpn(await settings({ target, protocol, host: normalised(host), port, canonicalName }));
  }
  const name = settings.canonicalName === 'always' ? await canonicalNameOf(auth, signal) : auth.host;
  return named(settings, auth, name);
}

/** The name to ask for where the KDC does not know the first one; undefined where there is none. */
export async function otherPrincipal(
  settings: SpnSettings,
  auth: AuthContext,
  signal: AbortSignal,
): Promise<ServicePrincipal | undefined> {
  if (typeof settings === 'function' || settings.canonicalName !== 'fallback') return undefined;
  const name = await canonicalNameOf(auth, signal);
  return name === normalised(auth.host) ? undefined : named(settings, auth, name);
}

/** The name as a library wants it: `HTTP@host` for GSSAPI, `HTTP/host` for SSPI. */
export function formatSpn({ service, host }: ServicePrincipal, api: 'gssapi' | 'sspi'): string {
  return `${service}${api === 'gssapi' ? '@' : '/'}${host}`;
}

function named(settings: Exclude<SpnSettings, SpnFunction>, { port }: AuthContext, name: string): ServicePrincipal {
  const plain = normalised(name);
  const host = plain.includes(':') ? `[${plain}]` : plain;
  const shown = settings.port && port !== 80 && port !== 443;
  return { service: settings.service, host: shown ? `${host}:${port}` : host };
}

async function canonicalNameOf({ host, hostResolver }: AuthContext, signal: AbortSignal): Promise<string> {
  try {
    return normalised((await hostResolver.canonicalName?.(host, { signal })) || host);
  } catch {
    signal.throwIfAborted();
    // Who cannot look up an alias uses the name that he was given.
    return normalised(host);
  }
}

function normalised(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function parseSpn(text: unknown): ServicePrincipal {
  const match = typeof text === 'string' ? /^([\w-]+)[@/]([^\s@/]+)$/.exec(text) : null;
  if (match === null) {
    throw new TypeError(`spn has to return a name such as "HTTP/web.example", not ${describe(text)}`);
  }
  return { service: match[1]!, host: match[2]! };
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : `a ${typeof value}`;
}
