import type { Connection } from '../server/connection.js';

/** Whether a sign-in is to an origin (401) or to a proxy (407). */
export type AuthTarget = 'server' | 'proxy';

/** What a scheme is told about the server it works for. */
export interface SchemeContext {
  readonly target: AuthTarget;
  readonly realm: string;
  /** User → password. */
  readonly users: Readonly<Record<string, string>>;
}

/** One request that has to be signed in, as a verifier sees it. */
export interface Attempt {
  readonly target: AuthTarget;
  readonly method: string;
  /** The request target as sent: path, absolute URL, or `host:port` of CONNECT. */
  readonly uri: string;
  /** The connection; verifiers use it as the key of what they know about it. */
  readonly connection: Connection;
  /**
   * Server certificate (DER) of the TLS layer on which the header travels, for channel bindings; `undefined` on plain
   * TCP.
   */
  readonly certificate: Buffer | undefined;
  /** The value of a request header, lower-case name. */
  header(name: string): string | undefined;
  /** The whole request body; reads it once. */
  body(): Promise<Buffer>;
}

/** What a verifier makes of credentials. */
export type Verdict =
  | {
      readonly result: 'ok';
      readonly user: string;
      /**
       * Value of `Authentication-Info` or `Proxy-Authentication-Info` for the answer.
       *
       * @param body - the answer's body, where it is known before the head is sent.
       */
      readonly info?: (body: Buffer | undefined) => string | undefined;
      /** Last token of the conversation, sent in `WWW-Authenticate` or `Proxy-Authenticate` of the answer. */
      readonly finalChallenge?: string;
    }
  /** The conversation goes on with this challenge alone. */
  | { readonly result: 'continue'; readonly challenge: string }
  | {
      readonly result: 'rejected';
      /** Said in the event log. */
      readonly reason: string;
      /** Instead of the verifier's fresh challenges, such as one with `stale=true`. */
      readonly challenges?: readonly string[];
      /** The credentials belong to a conversation on another connection. */
      readonly crossSocket?: boolean;
    };

/** The server's side of a scheme at one server. */
export interface Verifier {
  /** Challenges of a request that brings no credentials: usually one, several for several algorithms. */
  challenges(attempt: Attempt): readonly string[];
  /** Judges what follows the scheme's name in `Authorization` or `Proxy-Authorization`. */
  verify(credentials: string, attempt: Attempt): Verdict | Promise<Verdict>;
}

/**
 * The server's side of a scheme of HTTP authentication: the lab's plug-in point. A scheme is a value that can be given
 * to several servers; `start` makes the state of one.
 */
export interface ServerScheme {
  /** Name as in the challenge, such as `Basic`. */
  readonly name: string;
  /** Whether a sign-in holds for the connection it was made on. */
  readonly connectionBound: boolean;
  start(context: SchemeContext): Verifier;
}
