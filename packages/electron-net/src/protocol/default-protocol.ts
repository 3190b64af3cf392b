import { session } from '../session/sessions.js';
import type { Protocol } from './protocol.js';
import { checkPrivileged } from './session-protocol.js';

const DELEGATED = [
  'handle',
  'unhandle',
  'isProtocolHandled',
  'registerSource',
  'getSource',
  'registerBufferProtocol',
  'registerFileProtocol',
  'registerHttpProtocol',
  'registerStreamProtocol',
  'registerStringProtocol',
  'interceptBufferProtocol',
  'interceptFileProtocol',
  'interceptHttpProtocol',
  'interceptStreamProtocol',
  'interceptStringProtocol',
  'unregisterProtocol',
  'uninterceptProtocol',
  'isProtocolRegistered',
  'isProtocolIntercepted',
] as const satisfies (keyof Protocol)[];

type Delegated = Pick<Protocol, (typeof DELEGATED)[number]>;

/** Handlers of the default session. Until the app is ready, its methods but for one throw as `session.defaultSession` does. */
export const protocol: Protocol = {
  ...(Object.fromEntries(DELEGATED.map((name) => [name, delegate(name)])) as unknown as Delegated),
  registerSchemesAsPrivileged: checkPrivileged,
};

function delegate(name: keyof Delegated): (...given: never[]) => unknown {
  return (...given) => {
    const target = session.defaultSession.protocol;
    return Reflect.apply(target[name], target, given);
  };
}
