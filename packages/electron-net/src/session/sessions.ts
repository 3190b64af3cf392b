import { isAbsolute, resolve } from 'node:path';
import { app } from '../app/app.js';
import { BrowsingSession } from './browsing-session.js';
import type { Session } from './session.js';
import { storagePathOf } from './storage.js';

/** How a session is made; counts only for the first who asks for it. */
export interface FromPartitionOptions {
  /** Whether responses are kept. Default true. */
  cache: boolean;
}

/** How a session is made; counts only for the first who asks for it. */
export type FromPathOptions = FromPartitionOptions;

/** Where sessions come from. */
export interface SessionModule {
  /**
   * The session of a name, one object for each; the empty name is the default session. Data of the default session and of
   * names that begin with `persist:` outlives the process.
   *
   * @throws Error before the app is ready; TypeError when the name is no string.
   */
  fromPartition(partition: string, options?: FromPartitionOptions): Session;
  /**
   * The session that keeps its data in a folder, one object for each.
   *
   * @param path - an absolute path.
   * @throws Error before the app is ready and for a path that is empty or relative; TypeError when it is no string.
   */
  fromPath(path: string, options?: FromPathOptions): Session;
  /**
   * The session of requests that name none.
   *
   * @throws Error before the app is ready.
   */
  readonly defaultSession: Session;
}

const byPartition = new Map<string, Session>();
const byPath = new Map<string, Session>();

/** Sessions by name. */
export const session: SessionModule = {
  fromPartition(partition, options) {
    if (typeof partition !== 'string') throw new TypeError('`partition` should be a string');
    return made(byPartition, partition, () => storagePathOf(partition, () => app.getPath('sessionData')), options);
  },
  fromPath(path, options) {
    if (typeof path !== 'string') throw new TypeError('`path` should be a string');
    if (path === '') throw new Error('An empty path was specified');
    if (!isAbsolute(path)) throw new Error('An absolute path was not provided');
    const folder = resolve(path);
    return made(byPath, folder, () => folder, options);
  },
  get defaultSession() {
    return session.fromPartition('');
  },
};

function made(
  sessions: Map<string, Session>,
  key: string,
  storagePath: () => string | null,
  options: FromPartitionOptions | undefined,
): Session {
  if (!app.isReady()) throw new Error('Session can only be received when app is ready');
  let session = sessions.get(key);
  if (session === undefined) {
    session = new BrowsingSession(storagePath(), options?.cache !== false);
    sessions.set(key, session);
    app.emit('session-created', session);
  }
  return session;
}
