/**
 * Faults a server plays on purpose: either something goes wrong at a stage (`{ kind: 'reset', at: 'accept' }`), or an
 * answer is wrong in a certain way (`{ kind: 'truncated-chunks' }`). Without further words a fault plays every time;
 * {@link FaultScope} narrows it.
 */
export type Fault = (
  | StageFault
  | AnswerFault
  | ConnectFault
  | ChallengeFault
  | UnreadUploadFault
  | Http2Fault
  | SocksFault
  | RefuseFault
) &
  FaultScope;

/** When a fault plays. Each time its stage is reached is one occasion; the counters count occasions. */
export interface FaultScope {
  /** Plays at the first `first` occasions only. */
  readonly first?: number;
  /** Lets the first `after` occasions pass; `first` and `every` count from there. */
  readonly after?: number;
  /** Plays at every `every`-th occasion: 2 is the second, fourth, … */
  readonly every?: number;
  /** What the occasions are counted per. Default `server`. */
  readonly per?: 'server' | 'connection';
  /** HTTP: only requests whose path (or target, at a proxy) starts with this. */
  readonly path?: string;
}

/** The port is closed while this is set: connecting is refused. No scope applies, nobody sees who tried. */
export interface RefuseFault {
  readonly kind: 'refuse';
}

/**
 * The stages of a connection at which it can be cut or stall.
 *
 * - `accept`: at once after the TCP handshake
 * - `tls`: when the client's first TLS bytes have come
 * - `greeting`: SOCKS: when the client's greeting has come
 * - `request`: an HTTP or SOCKS request has been read, nothing is answered
 * - `headers`: in the middle of the answer's header block
 * - `body`: in the middle of the answer's body
 * - `connect`: a CONNECT has been read, nothing is answered
 * - `tunnel`: the tunnel has been granted, then
 * - `challenge`: a 401 or 407 that starts a sign-in has been sent
 * - `round`: a 401 or 407 in the middle of a conversation has been sent
 * - `response`: a whole response has been sent that said keep-alive: a lie
 */
export type Stage =
  | 'accept'
  | 'tls'
  | 'greeting'
  | 'request'
  | 'headers'
  | 'body'
  | 'connect'
  | 'tunnel'
  | 'challenge'
  | 'round'
  | 'response';

/**
 * What happens at a stage: `reset` sends a RST, `close` a FIN, `stall` nothing until the client gives up, `garbage`
 * bytes that are no protocol, then a FIN (stages before an answer only).
 */
export type StageFault =
  | {
      readonly kind: 'reset' | 'close';
      readonly at: Stage;
      /** At `challenge`, `round` and `response`: say `Connection: close` in that response. Default false. */
      readonly announce?: boolean;
    }
  | { readonly kind: 'stall'; readonly at: Exclude<Stage, 'challenge' | 'round' | 'response'> }
  | {
      readonly kind: 'garbage';
      readonly at: 'accept' | 'tls' | 'greeting' | 'request' | 'connect' | 'tunnel';
      readonly bytes?: Buffer;
    };

/** An HTTP answer that breaks a rule. On an h2 stream the ones about HTTP/1 framing reset the stream. */
export type AnswerFault =
  /** This answer instead of the right one. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string;
    }
  /** A header block of about `bytes` bytes (default 512 KiB); a proxy answers CONNECT so too. */
  | { readonly kind: 'oversize-headers'; readonly bytes?: number }
  /** A chunked body that ends within a chunk. */
  | { readonly kind: 'truncated-chunks' }
  /** A chunk whose size is no number. */
  | { readonly kind: 'malformed-chunk' }
  /** `Content-Length` promises `by` bytes more than are sent (default 10) before the connection closes. */
  | { readonly kind: 'short-body'; readonly by?: number }
  /** The right answer with `Keep-Alive: timeout=<seconds>` (default 1); the connection closes after it has idled that long. */
  | { readonly kind: 'keep-alive-hint'; readonly seconds?: number };

/** What a proxy answers to CONNECT. */
export type ConnectFault =
  /**
   * This status instead of 200, with a body, a `Set-Cookie` and (3xx) a `Location`, unless `headers` or `body` say
   * otherwise. A 2xx is followed by no tunnel.
   */
  | {
      readonly kind: 'connect-answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string;
    }
  /** Bytes right after the header block of the 200, before the tunnel begins. */
  | { readonly kind: 'connect-extra'; readonly bytes?: Buffer };

/**
 * A 401 (origin) or 407 (proxy) whatever credentials come: `none` has no challenge, `unknown` one of a scheme nobody
 * knows, `forever` those of the server's schemes (Basic where it has none).
 */
export interface ChallengeFault {
  readonly kind: 'challenge';
  readonly challenge: 'none' | 'unknown' | 'forever';
}

/**
 * A challenge to a request with a body of more than `over` bytes (default 64 KiB), or of unknown length, comes before the
 * body has been read. It says keep-alive, and nothing is answered on that connection any more.
 */
export interface UnreadUploadFault {
  readonly kind: 'unread-upload';
  readonly over?: number;
  /** What the challenge names as `Server`. Default: nothing. */
  readonly server?: string;
}

/** Faults of HTTP/2; HTTP/1.1 connections of the same server are not touched. */
export type Http2Fault =
  /**
   * GOAWAY when a request comes. `graceful` answers this request and those under way; `unprocessed` names the stream
   * before this one as the last and drops this one and all later ones.
   */
  | { readonly kind: 'goaway'; readonly mode: 'graceful' | 'unprocessed' }
  /** RST_STREAM with REFUSED_STREAM: not processed, may be sent again. */
  | { readonly kind: 'refused-stream' }
  /** RST_STREAM with `code` (default 2, INTERNAL_ERROR) after the head of the answer. */
  | { readonly kind: 'stream-reset'; readonly code?: number }
  /** At most `max` concurrent streams on connections opened while this is set. */
  | { readonly kind: 'max-streams'; readonly max: number };

/** Faults of SOCKS. */
export type SocksFault =
  /** This reply code (SOCKS5: 1 to 8 of RFC 1928; SOCKS4: 91, 92 or 93) instead of success. */
  | { readonly kind: 'socks-reply'; readonly code: number }
  /** Replies carry this version number. Default 9. */
  | { readonly kind: 'socks-version'; readonly version?: number };

/** The kinds of {@link Fault}. */
export type FaultKind = Fault['kind'];
