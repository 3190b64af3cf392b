import type { Answer } from './answer.js';

/** A request for a handler of a scheme. */
export interface HandledRequest {
  readonly url: string;
  readonly method: string;
  /** Names and values in turn; without those that say how a body is carried. */
  readonly headers: readonly string[];
  readonly referrer: string;
  readonly initiatorOrigin: string | undefined;
  /** The body, to be read once. */
  readonly body: AsyncIterable<Uint8Array> | undefined;
  /** The body, where it is known beforehand. */
  readonly upload: Buffer | undefined;
  /** Fires when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/** Answers the requests of a scheme. What it throws or rejects with, if it is no NetError, becomes `ERR_UNEXPECTED`. */
export type AnswerRequest = (request: HandledRequest) => Promise<Answer>;

/** The handlers of a session by scheme: those of schemes of the program's own, and those that stand before what there is. */
export class ProtocolHandlers {
  readonly registered = new Map<string, AnswerRequest>();
  readonly intercepted = new Map<string, AnswerRequest>();

  /** Who answers requests of a scheme, without colon; undefined: nobody. */
  find(scheme: string): AnswerRequest | undefined {
    return this.intercepted.get(scheme) ?? this.registered.get(scheme);
  }

  /** Whether no scheme is handled. */
  get isEmpty(): boolean {
    return this.registered.size === 0 && this.intercepted.size === 0;
  }
}
