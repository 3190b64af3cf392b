import type { DispatchOptions, Layer, ServedBy } from '@netloom/core';
import { type FetchSite, fetchMetadata, fetchSite, originOf } from './fetch-metadata.js';
import { priorityField } from './priority.js';
import { referrerFor } from './referrer.js';
import type { RequestContext } from './request-context.js';
import { type HeaderEntry, headerText, toFieldText } from './request-headers.js';
import type { Request } from './request-options.js';

/**
 * The header fields of a request: the program's, in its order and case, then those that a browser adds. One per request,
 * through all of its hops.
 */
export class OutgoingFields {
  /** The body, where it is known beforehand. */
  upload: Buffer | undefined;
  /** How the request is served; undefined while it is being sent. */
  served: ServedBy | undefined;
  /** The origin on whose behalf the request is made. */
  readonly initiator: string | undefined;
  readonly #request: Request;
  #site: FetchSite = 'none';
  #isFirstHop = true;

  /** @throws Error for fetch metadata that contradicts itself. */
  constructor(request: Request) {
    this.#request = request;
    this.initiator = originOf(request.origin || headerText(request, 'origin'));
  }

  /** Whether handlers of protocols are to leave the request alone. */
  get bypassesHandlers(): boolean {
    return this.#request.bypassCustomProtocolHandlers === true;
  }

  /** The fields of the first hop as a flat list of names and values. */
  first(url: URL, { userAgent, acceptLanguage }: RequestContext): string[] {
    const request = this.#request;
    const { headers, method } = request;
    const metadata = fetchMetadata(headerText(request, 'sec-fetch-mode'), headerText(request, 'sec-fetch-dest'));
    const fields: string[] = [];
    for (const key of Object.keys(headers)) {
      const { name, value } = headers[key] as HeaderEntry;
      if (key === 'referer') continue;
      if (key === 'sec-fetch-mode') fields.push(name, metadata.mode);
      else if (key === 'sec-fetch-dest') fields.push(name, metadata.destination);
      else fields.push(name, toFieldText(value));
    }
    const add = (key: string, name: string, value: string) => {
      if (value !== '' && headers[key] === undefined) fields.push(name, value);
    };
    add('user-agent', 'User-Agent', toFieldText(userAgent));
    add('accept-language', 'Accept-Language', toFieldText(acceptLanguage));
    add('sec-fetch-mode', 'Sec-Fetch-Mode', metadata.mode);
    add('sec-fetch-dest', 'Sec-Fetch-Dest', metadata.destination);
    const namesOrigin = metadata.mode === 'cors' || (method !== 'GET' && method !== 'HEAD');
    if (this.initiator !== undefined && namesOrigin) add('origin', 'Origin', this.initiator);
    if (url.protocol === 'https:') {
      add('priority', 'priority', priorityField(request.priority, request.priorityIncremental));
    }
    return this.#withHopFields(fields, url);
  }

  /** The fields of a hop, made from those that the redirect before it has left. */
  forHop(origin: string, path: string, left: readonly string[]): readonly string[] {
    if (this.#isFirstHop) {
      this.#isFirstHop = false;
      return left;
    }
    const fields: string[] = [];
    for (let i = 0; i + 1 < left.length; i += 2) {
      const name = left[i] as string;
      if (!this.#isPerHop(name.toLowerCase())) fields.push(name, left[i + 1] as string);
    }
    return this.#withHopFields(fields, new URL(origin + path));
  }

  /** Whether a field depends on where the request goes, and so is made anew. */
  #isPerHop(name: string): boolean {
    return name === 'referer' || (name === 'sec-fetch-site' && this.#request.headers[name] === undefined);
  }

  #withHopFields(fields: string[], url: URL): string[] {
    const { headers, referrerPolicy } = this.#request;
    if (headers['sec-fetch-site'] === undefined) {
      this.#site = fetchSite(url, this.initiator, this.#site);
      fields.push('Sec-Fetch-Site', this.#site);
    }
    const given = headers.referer;
    const referrer = given && referrerFor(String(given.value), url, referrerPolicy);
    if (given !== undefined && referrer !== undefined) fields.push(given.name, toFieldText(referrer));
    return fields;
  }
}

/** Stands below `redirect`: gives further hops the fields that depend on their URL. */
export const outgoingFields: Layer = (dispatch) => (options, handler) => {
  const { opaque: fields } = options as DispatchOptions;
  if (!(fields instanceof OutgoingFields)) return dispatch(options, handler);
  const headers = options.headers as string[];
  const made = fields.forHop(String(options.origin), options.path, headers);
  return dispatch(made === headers ? options : { ...options, headers: made as string[] }, handler);
};
