/** Object identifier of SPNEGO itself (RFC 4178 section 3.1). */
export const SPNEGO_OID = '1.3.6.1.5.5.2';

/** How far the negotiation is (RFC 4178 section 4.2.2), in the order of its numbers. */
export const NEG_STATES = ['accept-completed', 'accept-incomplete', 'reject', 'request-mic'] as const;

/** How far the negotiation is, as the acceptor sees it. */
export type NegState = (typeof NEG_STATES)[number];

/** What an acceptor that speaks first says of itself (MS-SPNG section 2.2.1). */
export interface NegHints {
  /** A name that nobody is to use: `not_defined_in_RFC4178@please_ignore`. */
  readonly name?: string | undefined;
  readonly address?: Uint8Array | undefined;
}

/** The first token: a list of mechanisms, and what the first of them has to say (RFC 4178 section 4.2.1). */
export interface NegTokenInit {
  readonly type: 'init';
  /** Object identifiers in dotted notation, the preferred one first. */
  readonly mechTypes: readonly string[];
  readonly mechToken?: Uint8Array | undefined;
  readonly mechListMic?: Uint8Array | undefined;
  /** There in the variant NegTokenInit2 only, with which an acceptor speaks first. */
  readonly hints?: NegHints | undefined;
}

/** Every later token (RFC 4178 section 4.2.2). */
export interface NegTokenResp {
  readonly type: 'resp';
  readonly state?: NegState | undefined;
  /** Object identifier of the mechanism that the acceptor chose, in its first token. */
  readonly supportedMech?: string | undefined;
  readonly responseToken?: Uint8Array | undefined;
  readonly mechListMic?: Uint8Array | undefined;
}

/** A token of SPNEGO. */
export type SpnegoToken = NegTokenInit | NegTokenResp;
