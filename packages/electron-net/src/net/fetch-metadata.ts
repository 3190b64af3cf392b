import { parseUrl } from '@netloom/contracts';
/** Relation of a request to the origin on whose behalf it is made (W3C Fetch Metadata section 2.3). */
export type FetchSite = 'none' | 'same-origin' | 'same-site' | 'cross-site';

const MODES = new Set(['navigate', 'cors', 'no-cors', 'same-origin']);
const DESTINATIONS = new Set([
  ...['audio', 'audioworklet', 'document', 'embed', 'empty', 'fencedframe', 'font', 'frame', 'iframe', 'image'],
  ...['manifest', 'object', 'paintworklet', 'report', 'script', 'serviceworker', 'sharedworker', 'style', 'track'],
  ...['video', 'worker', 'xslt'],
]);
const NAVIGATIONS = new Set(['document', 'fencedframe', 'frame', 'iframe']);
const DISTANCE: readonly FetchSite[] = ['none', 'same-origin', 'same-site', 'cross-site'];

/** The fields that a caller may set himself; what is none of the values that there are counts as not set. */
export interface FetchMetadata {
  readonly mode: string;
  readonly destination: string;
}

/**
 * @throws Error for a destination that only a navigation has.
 */
export function fetchMetadata(mode: string | undefined, destination: string | undefined): FetchMetadata {
  const made = {
    mode: mode !== undefined && MODES.has(mode) ? mode : 'no-cors',
    destination: destination !== undefined && DESTINATIONS.has(destination) ? destination : 'empty',
  };
  if (NAVIGATIONS.has(made.destination) && made.mode !== 'navigate') {
    throw new Error(
      `sec-fetch-dest "${made.destination}" says that the response is shown in a frame, which is only possible for a ` +
        `navigation: set sec-fetch-mode to "navigate" as well, or leave sec-fetch-dest out`,
    );
  }
  return made;
}

/** The origin of a URL that was given as one, whatever path it has; undefined where it is no URL. */
export function originOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseUrl(text)?.origin;
}

/**
 * How a URL relates to the initiator's origin. Over redirects the most distant relation counts, so the caller hands in
 * that of the hops before.
 */
export function fetchSite(url: URL, initiator: string | undefined, before: FetchSite = 'none'): FetchSite {
  const now = siteOf(url, initiator);
  return DISTANCE.indexOf(now) > DISTANCE.indexOf(before) ? now : before;
}

function siteOf(url: URL, initiator: string | undefined): FetchSite {
  if (initiator === undefined) return 'none';
  if (initiator === url.origin) return 'same-origin';
  const from = parseUrl(initiator);
  if (from === undefined || from.protocol !== url.protocol) return 'cross-site';
  return isSameSite(from.hostname, url.hostname) ? 'same-site' : 'cross-site';
}

/** One host, or one below the other; siblings would need the list of public suffixes and count as other sites. */
function isSameSite(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.includes('.') && long.endsWith(`.${short}`);
}
