import type { Clock, HostResolver } from '@netloom/contracts';

/** Largest script, in bytes, after decoding its content coding. */
export const MAX_PAC_BYTES = 1024 * 1024;

/** How long a script may take to come, in ms, with all redirects. */
export const PAC_FETCH_TIMEOUT = 30_000;

/** How a script is fetched. */
export interface PacFetchOptions {
  readonly hostResolver: HostResolver;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Certification authorities for https, in PEM; Node's own when absent. */
  readonly ca?: string | readonly string[] | undefined;
  /** Whether `file:` URLs are read. Default false. */
  readonly allowFile?: boolean | undefined;
  /** Whether nobody waits for the script, so that fetching it is no reason for the process to go on. Default false. */
  readonly background?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a source of bytes gives. */
export interface PacBytes {
  readonly bytes: Uint8Array;
  /** The media type as sent, with its charset; undefined where there is none. */
  readonly contentType: string | undefined;
}
