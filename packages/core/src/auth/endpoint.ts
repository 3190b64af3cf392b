import type { AuthContext, AuthNeeds, AuthTarget, Challenge, CredentialsProvider, Identity } from '@netloom/contracts';
import type { ProtectionSpaceKey } from './cache.js';
import type { AuthConnection } from './connection.js';
import type { SignInIdentity } from './identity.js';
import type { AuthState } from './state.js';

/** Header fields of a response: names in lower case, a list for a field that came several times. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The server or proxy that a request signs in at. */
export interface AuthEndpoint {
  readonly target: AuthTarget;
  /** Protocol by which the endpoint itself is reached. */
  readonly protocol: 'http:' | 'https:';
  /** Host name or address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Credentials that came with the proxy's URL. */
  readonly credentials?: Identity | undefined;
}

/** The request of a transaction, as far as signing needs it. */
export interface SignableRequest {
  readonly method: string;
  /** The whole URL, without user info and fragment. */
  readonly url: string;
  /** Path with query, or `host:port` for CONNECT. */
  readonly uri: string;
  /** The request's header fields, names in lower case. */
  headers(): Readonly<Record<string, string | readonly string[]>>;
  /** Hash of the body in lower-case hex; absent where the body cannot be read twice. */
  readonly bodyHash?: ((algorithm: NonNullable<AuthNeeds['bodyHash']>) => Promise<string>) | undefined;
  /** Credentials of the URL's user info; they answer a server only. */
  readonly urlIdentity?: Identity | undefined;
  /** Whether the caller wants no credentials sent to servers (`credentials: 'omit'`). Proxies are not concerned. */
  readonly privacy: boolean;
  /** Who is asked on behalf of this request, instead of the client's provider. */
  asks(): CredentialsProvider | undefined;
  /** Network partition, where the client's {@link AuthCache} keeps servers apart by it. */
  readonly partition?: string | undefined;
}

/** One endpoint in one transaction, as all parts of sign-in see it. */
export class AuthScope {
  #origin: string | undefined;

  constructor(
    readonly state: AuthState,
    readonly endpoint: AuthEndpoint,
    readonly request: SignableRequest,
  ) {}

  /**
   * `protocol//host:port` of the endpoint. A proxy that is used with credentials in its URL is another one than the
   * same proxy used without, or with others: what was learnt with the ones must not serve the others.
   */
  get origin(): string {
    this.#origin ??= this.#makeOrigin();
    return this.#origin;
  }

  /** Whether the request must not be signed at all. */
  get withheld(): boolean {
    return this.request.privacy && this.endpoint.target === 'server';
  }

  /** Credentials that came in the URL of the request, or of the proxy. */
  get urlIdentity(): Identity | undefined {
    return this.endpoint.target === 'proxy' ? this.endpoint.credentials : this.request.urlIdentity;
  }

  /** The path by which protection spaces are found: a proxy is one as a whole. */
  get path(): string {
    return this.endpoint.target === 'proxy' ? '/' : this.request.uri;
  }

  /** Name of the field that brings challenges. */
  get challengeField(): 'proxy-authenticate' | 'www-authenticate' {
    return this.endpoint.target === 'proxy' ? 'proxy-authenticate' : 'www-authenticate';
  }

  /** Key of the protection space of a scheme and realm. */
  space(scheme: string, realm: string): ProtectionSpaceKey {
    return { target: this.endpoint.target, origin: this.origin, realm, scheme, partition: this.request.partition };
  }

  /** What a scheme is told. */
  context(realm: string, identity: SignInIdentity | undefined, connection: AuthConnection): AuthContext {
    const { target, protocol, host, port } = this.endpoint;
    const { hostResolver, clock } = this.state;
    const channelBinding = connection.channelBinding(target);
    return { target, protocol, host, port, realm, identity, service: 'HTTP', hostResolver, clock, channelBinding };
  }

  /** Name of who signs in by a scheme; a scheme that brings its own secret stands for itself. */
  identityName(scheme: string, identity: SignInIdentity | undefined): string {
    return identity === undefined ? `scheme ${scheme}` : this.state.identityKeys.of(identity);
  }

  /** Name of the identity that a connection is signed in as at this endpoint. */
  signedInAs(connection: AuthConnection): string | undefined {
    if (this.endpoint.target === 'proxy') return connection.proxyIdentity;
    const signedIn = connection.serverIdentity;
    return signedIn?.origin === this.origin ? signedIn.identity : undefined;
  }

  /** Notes who a connection is signed in as at this endpoint; undefined: nobody. */
  mark(connection: AuthConnection, identity: string | undefined): void {
    if (this.endpoint.target === 'proxy') connection.proxyIdentity = identity;
    else connection.serverIdentity = identity === undefined ? undefined : { origin: this.origin, identity };
  }

  #makeOrigin(): string {
    const { protocol, host, port, credentials } = this.endpoint;
    const user = credentials === undefined ? '' : `${this.state.identityKeys.of(credentials)}@`;
    return `${protocol}//${user}${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}

/** The challenge's realm, the last one where it names several; empty where it names none. */
export function realmOf({ params }: Challenge): string {
  return params.findLast(([name]) => name === 'realm')?.[1] ?? '';
}
