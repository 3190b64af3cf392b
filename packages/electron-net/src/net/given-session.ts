import { isSession } from '../session/browsing-session.js';
import type { Session } from '../session/session.js';
import { session } from '../session/sessions.js';

/** What names a session. */
interface Naming {
  readonly session?: Session | undefined;
  readonly partition?: string | undefined;
}

/**
 * The session that a request names; undefined where it names none.
 *
 * @throws TypeError for what is no session, and as {@link SessionModule.fromPartition} does.
 */
export function givenSession({ session: given, partition }: Naming): Session | undefined {
  if (given && !isSession(given)) throw new TypeError('`session` should be an instance of the Session class');
  if (given) return given;
  return partition ? session.fromPartition(partition) : undefined;
}
