import type { ChannelBinding } from './channel-binding.js';
import type { Clock } from './clock.js';
import type { HostResolver } from './host-resolver.js';

/** Who asks for sign-in: the origin server (401) or the proxy (407). */
export type AuthTarget = 'server' | 'proxy';

/** One challenge of a `WWW-Authenticate` or `Proxy-Authenticate` field (RFC 9110 section 11.3). */
export interface Challenge {
  /** Name of the scheme in lower case. */
  readonly scheme: string;
  /** Parameters in order of appearance, names in lower case, values without quotes and escapes. */
  readonly params: readonly (readonly [name: string, value: string])[];
  /** The token68 that follows the scheme instead of parameters, as NTLM and Negotiate use it. */
  readonly token68?: string | undefined;
  /** The challenge's own text, as sent. */
  readonly text: string;
  /** True where the text breaks the grammar; `params` then holds what came before the break. */
  readonly malformed?: boolean | undefined;
}

/** Who signs in. Secrets are kept by whoever gave them and are never logged. */
export interface Identity {
  /** User name; `DOMAIN\user` and `user@realm` are understood by the schemes that know domains. */
  readonly username: string;
  readonly password: string;
  /** Windows domain or Kerberos realm, where it is not part of the user name. */
  readonly domain?: string | undefined;
  /**
   * NT hash of the password as 32 hexadecimal digits: MD4 of its UTF-16LE bytes. NTLM uses it instead of the password,
   * other schemes ignore it. A secret like the password.
   */
  readonly ntHash?: string | undefined;
}

/** What a scheme knows about the sign-in that it serves. */
export interface AuthContext {
  readonly target: AuthTarget;
  /** Protocol by which the target itself is reached: that of the URL for a server, that of the proxy for a proxy. */
  readonly protocol: 'http:' | 'https:';
  /** Host name or address of the target, without brackets. */
  readonly host: string;
  readonly port: number;
  /** The realm of the challenge; empty where the challenge names none. */
  readonly realm: string;
  /** The identity to use, `ambient` for the logged-in user, or undefined where none is known (preemptive use). */
  readonly identity: Identity | 'ambient' | undefined;
  /** Service class of the principal name, `HTTP`. */
  readonly service: string;
  readonly hostResolver: HostResolver;
  readonly clock: Clock;
  /** The binding to the TLS layer on which the header travels; undefined without TLS. */
  readonly channelBinding: ChannelBinding | undefined;
}

/** The request that a header is made for. */
export interface AuthRequest {
  /** Method; `CONNECT` for a tunnel. */
  readonly method: string;
  /** What stands for the resource in the hash: path with query, or `host:port` for CONNECT. */
  readonly uri: string;
  /** The whole URL, without user info and fragment. */
  readonly url: string;
  /**
   * The request's header fields, names in lower case. They are made when they are asked for, so a copy of the request
   * such as `{ ...request }` is without them.
   */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Hash of the body in lower-case hex, if {@link AuthNeeds.bodyHash} asked for it. */
  readonly bodyHash?: string | undefined;
}

/** What a scheme needs from the core. */
export interface AuthNeeds {
  /**
   * Hash of the request's body, given as {@link AuthRequest.bodyHash}. The body has to be replayable: where the core
   * cannot hash it, the scheme is not used.
   */
  readonly bodyHash?: 'md5' | 'sha256' | 'sha512-256' | undefined;
  /**
   * Whether {@link Authorizer.authorize} looks at its signal. False: it is given one that never fires, which spares
   * making one for each request; a request that is given up still does not wait for its promise. Default true.
   */
  readonly signal?: boolean | undefined;
}

/** The `Authentication-Info` or `Proxy-Authentication-Info` field of an accepted request (RFC 9110 section 11.6.3). */
export interface AuthenticationInfo {
  /** Status of the response. */
  readonly status: number;
  /** Parameters of the field, names in lower case; empty without the field. */
  readonly params: readonly (readonly [name: string, value: string])[];
  /** What {@link Authorizer.authorize} had returned for this request. */
  readonly authorization: string;
}

/** How an authorizer judges the challenge that answers its own credentials. */
export type ChallengeVerdict = 'rejected' | 'stale' | 'other-realm' | 'invalid';

/** Answers requests of one protection space. */
export interface Authorizer {
  /** Requirements of this authorizer, where they depend on the challenge. */
  readonly needs?: AuthNeeds | undefined;
  /**
   * The value of the `Authorization` or `Proxy-Authorization` field for this request.
   *
   * @param signal - fires when the request is given up, unless {@link AuthNeeds.signal} is false.
   */
  authorize(request: AuthRequest, signal: AbortSignal): string | Promise<string>;
  /**
   * Called when the peer asks again although this authorizer's header was sent. `stale`: the same identity may try
   * again with what the new challenge brought; `other-realm`: the identity may be right, but not here.
   */
  challenged(next: readonly Challenge[]): ChallengeVerdict;
  /**
   * Called after a request with this authorizer's header was accepted.
   *
   * @throws SchemeError when the peer was to prove itself and did not; the request then fails.
   */
  succeeded?(info: AuthenticationInfo): void;
}

/**
 * A scheme that answers each request from the last challenge, or without one: Basic, Digest, Bearer, HMAC.
 *
 * @example
 * ```ts
 * import type { RequestScheme } from '@netloom/contracts';
 *
 * const bearer = (token: string): RequestScheme => ({
 *   name: 'bearer',
 *   connectionBound: false,
 *   accept: () => ({ authorize: () => `Bearer ${token}`, challenged: () => 'rejected' }),
 * });
 * ```
 */
export interface RequestScheme {
  /** Name in lower case, as in the challenge. */
  readonly name: string;
  readonly connectionBound: false;
  /** False for a scheme that brings its own secret and is not to be offered the user's identity. Default true. */
  readonly usesIdentity?: boolean | undefined;
  readonly needs?: AuthNeeds | undefined;
  /** An authorizer that needs no challenge, or undefined where this request is not to be signed unasked. */
  preemptive?(context: AuthContext): Authorizer | undefined;
  /**
   * The one of these challenges of this scheme that would be answered, or undefined where none can be. Called before
   * an identity is looked for, so that nobody is asked for a password in vain; `realm` and `identity` of the context
   * are not known yet. Default: the first challenge.
   */
  select?(challenges: readonly Challenge[], context: AuthContext): Challenge | undefined;
  /**
   * An authorizer for one of these challenges of this scheme, or undefined where none can be answered. The selected
   * challenge comes first, others of its realm follow.
   */
  accept(challenges: readonly Challenge[], context: AuthContext): Authorizer | undefined;
}

/** A conversation that belongs to one connection. */
export interface Conversation {
  /**
   * The token that answers a challenge. The first call gets the bare challenge, later ones the peer's token.
   *
   * @throws SchemeError when no answer can be made; its `effect` says what happens next.
   */
  step(challenge: Challenge, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * Whether the peer cannot accept the token of the last {@link Conversation.step} and has to answer with one of its own,
   * as it is with NTLM's first token. A request whose body a peer has refused carries such a token without the body.
   * Default false: the token may complete the sign-in.
   */
  readonly unfinished?: boolean | undefined;
  /** Called with the response that ended the conversation, and the token that it carried. */
  finish(final: {
    readonly status: number;
    readonly token?: Uint8Array | undefined;
  }): Promise<'ok' | 'mutual-auth-failed'>;
  /** Frees what the conversation holds. Called exactly once, also after an error. */
  dispose(): void;
}

/** A scheme whose sign-in is a conversation that belongs to one connection: NTLM, Negotiate. */
export interface ConnectionScheme {
  /** Name in lower case, as in the challenge. */
  readonly name: string;
  readonly connectionBound: true;
  /** Whether the scheme cannot run over HTTP/2 and the request has to go over HTTP/1.1. */
  readonly requiresHttp1: boolean;
  /** Which identities the scheme can use. Default: explicit only. */
  readonly identities?: { readonly explicit: boolean; readonly ambient: boolean } | undefined;
  /**
   * Begins a conversation.
   *
   * @throws SchemeError when the scheme cannot be used here.
   */
  start(context: AuthContext): Conversation;
}

/** An authentication scheme, the core's own or a plug-in. */
export type AuthScheme = RequestScheme | ConnectionScheme;

/** The question that a {@link CredentialsProvider} answers. */
export interface AuthAsk {
  readonly target: AuthTarget;
  /** URL of the request, without user info and fragment. */
  readonly url: string;
  /** Protocol of the target. */
  readonly protocol: 'http:' | 'https:';
  /** Host of the server or proxy that asks. */
  readonly host: string;
  readonly port: number;
  /** The realm that is shown to the user; empty where the peer names none. */
  readonly realm: string;
  /** The scheme that will be used, lower case. */
  readonly scheme: string;
  /** All schemes that were offered, lower case, in the peer's order. */
  readonly schemes: readonly string[];
  /** 1 for the first question of this protection space in this request, 2 after a refused answer, and so on. */
  readonly attempt: number;
  /** The identity that was refused last: an earlier answer, or one that was remembered or came in the URL. */
  readonly rejected?: Identity | undefined;
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Calls back when the answer has proved right, so that it may be stored. */
  onProved(callback: () => void): void;
}

/**
 * Asks for credentials. Resolves with an identity, with `ambient` for the logged-in user, or with undefined to give up:
 * the response that asks is then delivered. To answer with what was just refused is to give up, too: wrong passwords
 * that are sent again and again lock accounts.
 *
 * @example
 * ```ts
 * import type { CredentialsProvider } from '@netloom/contracts';
 *
 * const ask: CredentialsProvider = async ({ target, attempt }) =>
 *   target === 'proxy' && attempt === 1 ? { username: 'alice', password: 'wonderland' } : undefined;
 * ```
 */
export type CredentialsProvider = (ask: AuthAsk) => Promise<Identity | 'ambient' | undefined>;
