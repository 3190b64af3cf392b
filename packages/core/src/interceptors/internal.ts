import type { CredentialsProvider, Identity } from '@netloom/contracts';
import type { Dispatcher } from 'undici';
import type { ReplayBody } from '../body/replay.js';
import { type HeaderList, toHeaderList } from '../http/headers.js';
import type { Transaction } from '../pool/transaction.js';

/** User info of the request's URL: credentials for its origin and for no other. */
export const URL_IDENTITY = Symbol('netloom.urlIdentity');
/** Fragment of the request's URL with its `#`: never sent, but inherited by redirects (RFC 9110 section 10.2.2). */
export const URL_FRAGMENT = Symbol('netloom.urlFragment');
/** Set on options that the entry layer has brought into normal form. */
export const NORMALISED = Symbol('netloom.normalised');
/** Set on options that were made for this request alone, so that the entry layer may change them. */
export const FRESH = Symbol('netloom.fresh');
/** Hears of the answers that the sign-in layer keeps to itself. Set by the layers above it. */
export const ANSWER_OBSERVER = Symbol('netloom.answerObserver');

/** No credentials go to the server, as the fetch standard's `credentials: 'omit'` says; sign-in at a proxy goes on. */
export const PRIVACY = Symbol('netloom.privacy');
/** A 407 that nobody could answer is delivered as a response, and is no error. */
export const DELIVER_PROXY_AUTH = Symbol('netloom.deliverProxyAuth');

/** Who is asked for credentials on behalf of this request, instead of the client's provider. */
export const ASKS = Symbol('netloom.asks');

/** Where the sign-in layer leaves the transaction, for whoever wants to tell how a request was served. */
export const REPORT = Symbol('netloom.report');

/** The headers as a list, while undici's cache has made an object of them. */
export const UNCACHED_HEADERS = Symbol('netloom.uncachedHeaders');

/** Holds what {@link REPORT} asks for. */
export interface TransactionReport {
  transaction?: Transaction | undefined;
}

/** Hears of an answer of the server that is not passed on, because the request is sent again. */
export interface AnswerObserver {
  /**
   * Takes the head of that answer, and makes the header fields of the next attempt from those that were sent: a 401 may
   * have set a cookie.
   */
  answered(headers: Record<string, string | string[] | undefined>, sent: HeaderList): HeaderList | Promise<HeaderList>;
}

/**
 * Fields of dispatch options by which layers tell each other what no caller can set. Each has its place in
 * normal-options.ts.
 */
export interface InternalFields {
  [URL_IDENTITY]?: Identity | undefined;
  [URL_FRAGMENT]?: string | undefined;
  [NORMALISED]?: true | undefined;
  [FRESH]?: true | undefined;
  [ANSWER_OBSERVER]?: AnswerObserver | undefined;
  [UNCACHED_HEADERS]?: HeaderList | undefined;
  [PRIVACY]?: boolean | undefined;
  [REPORT]?: TransactionReport | undefined;
  [DELIVER_PROXY_AUTH]?: boolean | undefined;
  [ASKS]?: CredentialsProvider | undefined;
}

/** Dispatch options as a layer sees them, with or without the entry layer above it. */
export type AnyOptions = Dispatcher.DispatchOptions & InternalFields;

/** Dispatch options below the entry layer. */
export interface NormalOptions extends Omit<Dispatcher.DispatchOptions, 'headers' | 'body' | 'origin'>, InternalFields {
  /** `http://host[:port]` or `https://host[:port]`; ws and wss URLs are these with `upgrade: 'websocket'`. */
  readonly origin: string;
  readonly headers: HeaderList;
  readonly body: ReplayBody | undefined;
  readonly [NORMALISED]: true;
}

/** The request headers in normal form, whether or not the entry layer is above. */
export function headersOf(options: AnyOptions): HeaderList {
  return options[NORMALISED] === true ? (options.headers as unknown as HeaderList) : toHeaderList(options.headers);
}

/** A controller for requests that failed before any layer had one. */
export function deadController(reason: Error): Dispatcher.DispatchController {
  const ignore = () => undefined;
  return { aborted: true, paused: false, reason, abort: ignore, pause: ignore, resume: ignore };
}
