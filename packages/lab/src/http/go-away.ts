import { constants, type Http2Session } from 'node:http2';
import type { Exchange } from './exchange.js';

/** Sessions that have gone away → the last stream they have promised to process. */
const lastStreams = new WeakMap<Http2Session, number>();

/**
 * Sends GOAWAY (RFC 9113, 6.8).
 *
 * @param mode - `graceful` goes on with this request and those under way; `unprocessed` names the stream before this
 * one as the last, and drops this one.
 * @returns whether the request is dropped.
 */
export function goAway(mode: 'graceful' | 'unprocessed', { http2Stream, response }: Exchange): boolean {
  const session = http2Stream?.session;
  if (!session) return false;
  if (mode === 'graceful') {
    // close() sends GOAWAY and ends the session after the streams under way, this one among them.
    response.once('finish', () => session.close());
    return false;
  }
  const last = Math.max(0, (http2Stream.id ?? 1) - 2);
  lastStreams.set(session, last);
  session.goaway(constants.NGHTTP2_NO_ERROR, last);
  return true;
}

/** Whether a request came after its session had named an earlier stream as the last. */
export function isBeyondGoAway({ http2Stream }: Exchange): boolean {
  const last = http2Stream?.session && lastStreams.get(http2Stream.session);
  return last !== undefined && (http2Stream?.id ?? 0) > last;
}
