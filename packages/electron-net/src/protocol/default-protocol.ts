import { session } from '../session/sessions.js';
import type { Protocol } from './protocol.js';
import { checkPrivileged, SessionProtocol } from './session-protocol.js';

type Method = keyof Protocol;

const methods = Object.getOwnPropertyNames(SessionProtocol.prototype).filter((name) => name !== 'constructor');

/** Handlers of the default session. Until the app is ready, its methods but for one throw as `session.defaultSession` does. */
export const protocol: Protocol = {
  // Made by name, which no compiler can follow.
  ...(Object.fromEntries(methods.map((name) => [name, delegate(name as Method)])) as unknown as Protocol),
  registerSchemesAsPrivileged: checkPrivileged,
};

function delegate(name: Method): (...given: never[]) => unknown {
  return (...given) => {
    const target = session.defaultSession.protocol;
    return Reflect.apply(target[name], target, given);
  };
}
