import type { Duplex } from 'node:stream';
import type { RequestContext } from '../request-context.js';

/** What a WebSocket needs of the session that it is made in. */
export interface WebSocketContext extends RequestContext {
  /** The connections that there are, each of which may be closed at any time. */
  readonly webSockets: Set<Duplex>;
}
