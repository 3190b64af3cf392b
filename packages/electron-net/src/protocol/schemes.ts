/** What pages of a scheme may do. There are none in a Node process: all of it is taken, and changes nothing. */
export interface Privileges {
  /** Default false. */
  standard?: boolean;
  /** Default false. */
  secure?: boolean;
  /** Default false. */
  bypassCSP?: boolean;
  /** Default false. */
  allowServiceWorkers?: boolean;
  /** Default false. */
  supportFetchAPI?: boolean;
  /** Default false. */
  corsEnabled?: boolean;
  /** Default false. */
  stream?: boolean;
  /** Default false. */
  codeCache?: boolean;
  /** Default false. */
  allowExtensions?: boolean;
}

/** A scheme and what its pages may do. */
export interface CustomScheme {
  scheme: string;
  privileges?: Privileges;
}

/** RFC 3986 section 3.1, in lower case as URLs have it. */
const SCHEME = /^[a-z][a-z0-9+.-]*$/;
const BUILT_IN: ReadonlySet<string> = new Set(['http', 'https', 'file']);

/** Whether the network stack serves a scheme by itself. */
export function isBuiltInScheme(scheme: string): boolean {
  return BUILT_IN.has(scheme);
}

/** @throws TypeError for what is no scheme without colon in lower case. */
export function checkScheme(scheme: unknown): asserts scheme is string {
  if (typeof scheme === 'string' && SCHEME.test(scheme)) return;
  const shown = typeof scheme === 'string' ? JSON.stringify(scheme) : typeof scheme;
  throw new TypeError(`\`scheme\` should be a scheme in lower case without colon, such as app; got ${shown}`);
}
