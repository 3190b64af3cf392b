import { app } from '../app/app.js';
import { session } from '../session/sessions.js';
import type { NetLog } from './net-log.js';

/** The log of the default session. Its methods reject before the app is ready. */
export const netLog: NetLog = {
  async startLogging(path, options) {
    return ready().startLogging(path, options);
  },
  async stopLogging() {
    return ready().stopLogging();
  },
  get currentlyLogging() {
    return app.isReady() && session.defaultSession.netLog.currentlyLogging;
  },
};

function ready(): NetLog {
  if (!app.isReady()) throw new Error('netLog module can only be used after app is ready');
  return session.defaultSession.netLog;
}
