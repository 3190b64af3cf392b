import { parseUrl } from '@netloom/contracts';
import type { ClientRequestConstructorOptions } from './request-options.js';

type Policy = NonNullable<ClientRequestConstructorOptions['referrerPolicy']>;

/**
 * What of a referrer may go to a URL (W3C Referrer Policy section 8.3); undefined: nothing. Only http and https
 * referrers are sent, without user info and fragment.
 */
export function referrerFor(referrer: string, url: URL, policy: Policy | undefined): string | undefined {
  const from = parseUrl(referrer);
  if (from === undefined) return undefined;
  if (from.protocol !== 'http:' && from.protocol !== 'https:') return undefined;
  from.username = '';
  from.password = '';
  from.hash = '';
  const origin = `${from.origin}/`;
  const sameOrigin = from.origin === url.origin;
  const downgrade = from.protocol === 'https:' && url.protocol === 'http:' && !isLoopback(url.hostname);
  switch (policy || 'strict-origin-when-cross-origin') {
    case 'no-referrer':
      return undefined;
    case 'unsafe-url':
      return from.href;
    case 'origin':
      return origin;
    case 'same-origin':
      return sameOrigin ? from.href : undefined;
    case 'origin-when-cross-origin':
      return sameOrigin ? from.href : origin;
    case 'no-referrer-when-downgrade':
      return downgrade ? undefined : from.href;
    case 'strict-origin':
      return downgrade ? undefined : origin;
    default:
      if (sameOrigin) return from.href;
      return downgrade ? undefined : origin;
  }
}

/** Plain http to the machine itself is no downgrade. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}
