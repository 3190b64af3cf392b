import { app } from '../app/app.js';
import { BrowsingSession, type Session } from './session.js';

/** Where sessions come from. */
export interface SessionModule {
  /**
   * The session of a name, one object for each; the empty name is the default session.
   *
   * @throws Error before the app is ready; TypeError when the name is no string.
   */
  fromPartition(partition: string): Session;
  /**
   * The session of requests that name none.
   *
   * @throws Error before the app is ready.
   */
  readonly defaultSession: Session;
}

const sessions = new Map<string, Session>();

/** Sessions by name. */
export const session: SessionModule = {
  fromPartition(partition) {
    if (typeof partition !== 'string') throw new TypeError('`partition` should be a string');
    if (!app.isReady()) throw new Error('Session can only be received when app is ready');
    let made = sessions.get(partition);
    if (made === undefined) {
      made = new BrowsingSession();
      sessions.set(partition, made);
    }
    return made;
  },
  get defaultSession() {
    return session.fromPartition('');
  },
};
