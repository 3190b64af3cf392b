import type { Client, DispatchOptions, Layer } from '@netloom/core';
import { fieldOf } from '../net/header-list.js';
import { OutgoingFields } from '../net/outgoing-fields.js';
import { toFieldLists } from '../net/response-head.js';
import type { RequestDetails, ResponseDetails, UploadData } from './details.js';
import type { ResourceType } from './filter.js';
import { type MatchedUrl, toMatchedUrl } from './url-pattern.js';

type Handler = Parameters<Client['dispatch']>[1];
type Controller = Parameters<NonNullable<Handler['onResponseStart']>>[0];
type Fields = Record<string, string | string[] | undefined>;

/** Where the layers of webRequest find the request in its dispatch options. */
export const WATCHED = Symbol('netloom.watched');

/** Dispatch options as those layers see them: headers are a flat list. */
export type WatchedOptions = Omit<DispatchOptions, 'headers'> & {
  readonly headers: readonly string[];
  readonly [WATCHED]?: WatchedRequest | undefined;
};

/** What the entry layer has made of a request's options, of which undici's types know nothing. */
export function watchedOptions(options: Parameters<ReturnType<Layer>>[0]): WatchedOptions {
  return options as unknown as WatchedOptions;
}

/** What requests with a `sec-fetch-dest` are for. */
const TYPES: Readonly<Record<string, ResourceType>> = {
  document: 'mainFrame',
  frame: 'subFrame',
  iframe: 'subFrame',
  fencedframe: 'subFrame',
  style: 'stylesheet',
  script: 'script',
  serviceworker: 'script',
  sharedworker: 'script',
  worker: 'script',
  image: 'image',
  font: 'font',
  embed: 'object',
  object: 'object',
  report: 'cspReport',
  audio: 'media',
  track: 'media',
  video: 'media',
};

let lastId = 0;

/** A request that somebody watches, at the hop that it has come to. */
export class WatchedRequest {
  /** Whether the answer came from a handler or a file, and neither from the network nor from the cache. */
  isServedHere = false;
  readonly #id = ++lastId;
  readonly #fields: OutgoingFields | undefined;
  readonly #type: ResourceType;
  #hop: WatchedOptions;
  #url: string;
  #matched: MatchedUrl | undefined;
  #isFromCache = false;

  constructor(options: WatchedOptions) {
    const { opaque, upgrade, headers } = options;
    this.#fields = opaque instanceof OutgoingFields ? opaque : undefined;
    this.#type = upgrade ? 'webSocket' : (TYPES[fieldOf(headers, 'sec-fetch-dest') ?? ''] ?? 'other');
    this.#hop = options;
    this.#url = urlOf(options);
  }

  /** The request is sent, for the first time or by a redirect. */
  goTo(hop: WatchedOptions): void {
    this.#hop = hop;
    this.#url = urlOf(hop);
    this.#matched = undefined;
    this.#isFromCache = false;
    this.isServedHere = false;
  }

  /** What stands above the cache has an answer. */
  onAnswered(): void {
    this.#isFromCache = this.#fields !== undefined && !this.isServedHere && !this.#fields.served?.connection;
  }

  get url(): string {
    return this.#url;
  }

  get matched(): MatchedUrl {
    this.#matched ??= toMatchedUrl(new URL(this.#url));
    return this.#matched;
  }

  get resourceType(): ResourceType {
    return this.#type;
  }

  /** Whether the answer came from the cache. */
  get isFromCache(): boolean {
    return this.#isFromCache;
  }

  /** The body, as far as it is known before it is sent. */
  get uploadData(): UploadData[] {
    const body = this.#hop.body === undefined ? undefined : this.#fields?.upload;
    return body === undefined ? [] : [{ bytes: body }];
  }

  details(): RequestDetails {
    const initiatorOrigin = this.#fields?.initiator;
    return {
      id: this.#id,
      url: this.#url,
      method: this.#hop.method,
      resourceType: this.#type,
      referrer: fieldOf(this.#hop.headers, 'referer') ?? '',
      timestamp: Date.now(),
      ...(initiatorOrigin === undefined ? {} : { initiatorOrigin }),
    };
  }

  /** What there is to tell of a response, given its fields or the controller that has them as they came. */
  response(
    status: number,
    message: string | undefined,
    fields: Fields,
    controller?: Controller,
  ): Omit<Required<ResponseDetails>, keyof RequestDetails> {
    return {
      statusCode: status,
      statusLine: `HTTP/1.1 ${status} ${message ?? ''}`.trimEnd(),
      responseHeaders: toFieldLists(controller?.rawHeaders as Buffer[] | null | undefined, fields),
      fromCache: this.isFromCache,
    };
  }
}

function urlOf({ origin, path, upgrade }: WatchedOptions): string {
  const url = String(origin) + path;
  return upgrade === 'websocket' ? url.replace('http', 'ws') : url;
}
