import type { ChannelBinding } from '@netloom/contracts';

/** The service that the token is for, as the library that makes it wants its name. */
export interface ServicePrincipal {
  /** Service class, `HTTP` for the web. */
  readonly service: string;
  /** Host of the service; canonical where the policy asks for that. May carry `:port`. */
  readonly host: string;
}

/** Whose credentials a context uses. */
export type ContextCredentials =
  | { readonly kind: 'ambient' }
  | {
      readonly kind: 'password';
      readonly username: string;
      /** Realm or Windows domain, where the user name carries none. */
      readonly domain?: string | undefined;
      readonly password: string;
    }
  /** A keytab file (MIT: path, or `FILE:path`) and the principal to take from it. */
  | { readonly kind: 'keytab'; readonly principal: string; readonly keytab: string }
  /** A named credential cache, such as `FILE:/tmp/krb5cc_1000`. */
  | { readonly kind: 'ccache'; readonly ccache: string };

/** What a provider needs to begin a security context (RFC 2743 section 2.2.1). */
export interface ContextRequest {
  readonly spn: ServicePrincipal;
  readonly credentials: ContextCredentials;
  /** Which mechanism the tokens are of: SPNEGO for `Negotiate`, NTLM for the bare scheme of that name (SSPI only). */
  readonly package: 'negotiate' | 'ntlm';
  /** Whether the server must prove itself. */
  readonly mutual: boolean;
  /** Whether the ticket is handed on: never, where the KDC marks the server OK-AS-DELEGATE, or always. */
  readonly delegation: 'never' | 'ok-as-delegate' | 'always';
  readonly channelBinding: ChannelBinding | undefined;
}

/** The answer to one token of the peer. */
export interface ContextStep {
  /** Token for the peer; undefined when nothing is to be sent. */
  readonly token: Uint8Array | undefined;
  /** Whether this side has finished. */
  readonly complete: boolean;
  /** Whether the peer has proved itself; known once complete. */
  readonly mutual: boolean;
  /**
   * Whether the peer cannot accept this token and has to answer with one of its own, as with NTLM's first one. Default
   * false.
   */
  readonly unfinished?: boolean | undefined;
}

/** A security context that is being established. */
export interface SecurityContext {
  /**
   * Takes the peer's token, undefined in the first step, and makes the next one.
   *
   * @throws SchemeError when the context cannot be established; the library's codes and text are in `cause`.
   */
  step(token: Uint8Array | undefined, signal: AbortSignal): Promise<ContextStep>;
  /** Frees the context. May be called while a step is under way, and more than once. */
  dispose(): void;
}

/** A source of Negotiate tokens: a library of the operating system, a package, or plain TypeScript. */
export interface NegotiateProvider {
  /** `gssapi`, `sspi`, `kerberos` or `managed`. */
  readonly name: string;
  /**
   * Whether the provider can serve this request at all, without loading anything. One that cannot bind to a TLS channel
   * does not support a request with a channel binding; it may be asked again without, where the policy allows that.
   */
  supports(request: ContextRequest): boolean;
  /** Why the provider cannot be used on this machine now, in one sentence; undefined when it can. Loads on first use. */
  unavailable(): Promise<string | undefined>;
  /** Begins a context. No call to a library is made before the first step. */
  initialise(request: ContextRequest): SecurityContext;
}
