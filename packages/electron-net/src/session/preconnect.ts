import { parseUrl } from '@netloom/contracts';
import type { Network } from './network.js';

/** What {@link Session.preconnect} takes. */
export interface PreconnectOptions {
  /** Only its origin matters. */
  url: string;
  /** How many connections there are to be, from 1 to 6. Default 1. */
  numSockets?: number;
}

/**
 * Opens connections, in the background.
 *
 * @throws TypeError naming the option that cannot be used, in Electron's words.
 */
export function preconnect({ client, emulation }: Network, options: PreconnectOptions): void {
  const { url, numSockets = 1 } = options ?? {};
  const parsed = typeof url === 'string' ? parseUrl(url) : undefined;
  if (parsed === undefined) throw new TypeError('Must pass non-empty valid url to session.preconnect.');
  if (!Number.isInteger(numSockets) || numSockets < 1 || numSockets > 6) {
    throw new TypeError('numSocketsToPreconnect is outside range [1,6]');
  }
  // There are no connections to the origins of other protocols.
  if (!/^https?:$/.test(parsed.protocol) || emulation.isOffline) return;
  void client.preconnect(parsed, { connections: numSockets });
}
