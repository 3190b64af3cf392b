import { type Clock, type HostResolver, NetError, type PacProgram, parseUrl } from '@netloom/contracts';
import { pacFetchFailed, pacName } from './pac-error.js';

/** Where scripts may come from. */
export interface PacSources {
  /** Whether to look for one by WPAD, before the URL. */
  readonly autoDetect: boolean;
  readonly pacUrl: string | undefined;
}

/** What the decision needs of the outside. */
export interface DeciderContext {
  readonly hostResolver: HostResolver;
  readonly clock: Clock;
  /** Fetches a script. */
  fetch(url: string, signal: AbortSignal): Promise<string>;
  /** The URL that DHCP gave for WPAD; undefined for none. */
  dhcpUrl(signal: AbortSignal): Promise<string | undefined>;
  /** Loads a script. */
  load(text: string, name: string, signal: AbortSignal): Promise<PacProgram>;
}

/** A script that is fit for use. */
export interface DecidedScript {
  /** In words, such as `PAC script http://…/proxy.pac (WPAD by DNS)`. */
  readonly source: string;
  readonly url: string;
  readonly text: string;
  readonly program: PacProgram;
}

/** Where WPAD by DNS looks; the system's search list completes the name. */
export const WPAD_URL = 'http://wpad/wpad.dat';

/** How long the name `wpad` may take, in ms, before its place in the order is given up. */
export const WPAD_NAME_TIMEOUT = 1000;

/**
 * Finds the script to use: WPAD by DHCP, WPAD by DNS, the configured URL, in this order. A script counts when it can be
 * fetched, holds the text `FindProxyForURL` and runs.
 *
 * @param current - the script in use; it is kept when the same bytes come from the same place.
 * @param notes - takes why each source was passed over.
 * @throws NetError of the last source.
 */
export async function decidePac(
  sources: PacSources,
  context: DeciderContext,
  signal: AbortSignal,
  current: DecidedScript | undefined,
  notes: string[],
): Promise<DecidedScript> {
  let failure: unknown = new NetError('ERR_FAILED', { detail: 'no PAC script is configured' });
  for (const { name, find } of candidates(sources, context)) {
    try {
      const url = await find(signal);
      return await take(url, name, context, signal, current);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
      notes.push(`${name}: ${error instanceof NetError ? (error.detail ?? error.code) : String(error)}`);
    }
  }
  throw failure;
}

interface Candidate {
  readonly name: string;
  find(signal: AbortSignal): Promise<string>;
}

function candidates({ autoDetect, pacUrl }: PacSources, context: DeciderContext): Candidate[] {
  const list: Candidate[] = [];
  if (autoDetect) {
    list.push({ name: 'WPAD by DHCP', find: (signal) => findByDhcp(context, signal) });
    list.push({ name: 'WPAD by DNS', find: (signal) => findByDns(context, signal) });
  }
  if (pacUrl !== undefined) list.push({ name: 'PAC URL', find: async () => pacUrl });
  return list;
}

async function findByDhcp(context: DeciderContext, signal: AbortSignal): Promise<string> {
  const url = await context.dhcpUrl(signal);
  if (url === undefined) throw new NetError('ERR_PAC_NOT_IN_DHCP', { detail: 'DHCP gave no PAC URL (option 252)' });
  // Files are read for who configures this machine, and not for whoever answers on its network.
  if (parseUrl(url)?.protocol === 'file:') {
    throw new NetError('ERR_DISALLOWED_URL_SCHEME', { detail: 'DHCP gave the URL of a file' });
  }
  return url;
}

/** Looks the name up first: where it is unknown, a fetch would take much longer to fail. */
async function findByDns({ hostResolver, clock }: DeciderContext, signal: AbortSignal): Promise<string> {
  const timeout = new AbortController();
  const timer = clock.setTimeout(() => timeout.abort(), WPAD_NAME_TIMEOUT);
  const stop = AbortSignal.any([signal, timeout.signal]);
  try {
    await Promise.race([hostResolver.lookup('wpad', { signal: stop }), rejectsWith(stop)]);
    return WPAD_URL;
  } catch (error) {
    signal.throwIfAborted();
    const detail = timeout.signal.aborted
      ? `the name wpad was not found within ${WPAD_NAME_TIMEOUT} ms`
      : 'the name wpad was not found';
    throw new NetError('ERR_NAME_NOT_RESOLVED', { detail, cause: error });
  } finally {
    timer.cancel();
  }
}

async function take(
  url: string,
  name: string,
  context: DeciderContext,
  signal: AbortSignal,
  current: DecidedScript | undefined,
): Promise<DecidedScript> {
  const text = await context.fetch(url, signal);
  if (!text.includes('FindProxyForURL')) {
    throw pacFetchFailed('ERR_PAC_SCRIPT_FAILED', url, 'it does not hold the text FindProxyForURL');
  }
  const source = name === 'PAC URL' ? `PAC script ${pacName(url)}` : `PAC script ${pacName(url)} (${name})`;
  if (current?.text === text && current.url === url && current.source === source) return current;
  return { source, url, text, program: await context.load(text, pacName(url), signal) };
}

function rejectsWith(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
