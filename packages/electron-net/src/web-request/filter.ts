import { type MatchedUrl, parseUrlPattern, type UrlPattern } from './url-pattern.js';

/** What a request is for. A Node process makes `webSocket` and, unless `sec-fetch-dest` says more, `other`. */
export type ResourceType =
  | 'mainFrame'
  | 'subFrame'
  | 'stylesheet'
  | 'script'
  | 'image'
  | 'font'
  | 'object'
  | 'xhr'
  | 'ping'
  | 'cspReport'
  | 'media'
  | 'webSocket'
  | 'other';

/** Which requests a listener of {@link WebRequest} is for. */
export interface WebRequestFilter {
  /**
   * Patterns such as `https://*.example.org/*` or `<all_urls>`, of which one has to match. They consist of scheme, host
   * and path; scheme and host may be `*`, and the host may begin with `*.`.
   */
  urls: string[];
  /** Patterns of which none may match, whatever {@link WebRequestFilter.urls} says. Default: none. */
  excludeUrls?: string[];
  /** What requests may be for. Default: anything. */
  types?: Exclude<ResourceType, 'other'>[];
}

const TYPES: ReadonlySet<unknown> = new Set<ResourceType>([
  ...(['mainFrame', 'subFrame', 'stylesheet', 'script', 'image', 'font', 'object', 'xhr', 'ping'] as const),
  ...(['cspReport', 'media', 'webSocket', 'other'] as const),
]);

/** A filter that has been read. */
export class RequestFilter {
  readonly #urls: readonly UrlPattern[];
  readonly #excluded: readonly UrlPattern[];
  readonly #types: ReadonlySet<unknown>;

  /** @throws TypeError naming the pattern, the type or the property that cannot be used. */
  constructor({ urls, excludeUrls = [], types = [] }: WebRequestFilter) {
    if (!Array.isArray(urls)) throw new TypeError("Parameter 'filter' must have property 'urls'.");
    if (!Array.isArray(excludeUrls)) throw new TypeError('`excludeUrls` should be an array of patterns');
    if (!Array.isArray(types)) throw new TypeError('`types` should be an array');
    // An empty list is an old way to say so.
    this.#urls = urls.length === 0 ? [() => true] : urls.map(parsePattern);
    this.#excluded = excludeUrls.map(parsePattern);
    const unknown = types.find((type) => !TYPES.has(type));
    if (unknown !== undefined) throw new TypeError(`Invalid type ${unknown}`);
    this.#types = new Set(types);
  }

  matches(url: MatchedUrl, type: ResourceType): boolean {
    if (this.#types.size > 0 && !this.#types.has(type)) return false;
    return this.#urls.some((matches) => matches(url)) && !this.#excluded.some((matches) => matches(url));
  }
}

function parsePattern(pattern: unknown): UrlPattern {
  return parseUrlPattern(String(pattern));
}
