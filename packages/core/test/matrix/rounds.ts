import { BOUND_HELLO, type LabEvent } from '@netloom/lab';

/** What the requests of one connection came to. */
export interface ConnectionRounds {
  readonly h2: boolean;
  /** In order, each ended by a semicolon: `hello challenged;proof accepted;plain accepted;`. */
  readonly rounds: string;
}

/** What the log of an origin that asks for the scheme `Bound` tells of each connection that brought it a request. */
export function roundsByConnection(log: readonly LabEvent[]): ConnectionRounds[] {
  const connections = new Map<number, { h2: boolean; rounds: string[] }>();
  for (const event of log) {
    if (event.type === 'request') {
      const { connection, headers, protocol } = event;
      const known = connections.get(connection) ?? { h2: protocol === 'h2', rounds: [] };
      known.rounds.push(`${kindOf(headers)} accepted;`);
      connections.set(connection, known);
    } else if (event.type === 'challenge') {
      // Requests of HTTP/1.1 follow each other; those of HTTP/2 do not, but a scheme of connections sends them all plain.
      const { rounds } = connections.get(event.connection)!;
      const last = rounds.findLastIndex((round) => round.endsWith('accepted;'));
      rounds[last] = rounds[last]!.replace('accepted', 'challenged');
    }
  }
  return [...connections.values()].map(({ h2, rounds }) => ({ h2, rounds: rounds.join('') }));
}

/** Whether a request is without credentials, begins a sign-in, or completes one. */
function kindOf(headers: readonly string[]): 'plain' | 'hello' | 'proof' {
  const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
  if (at < 0) return 'plain';
  return headers[at + 1] === `Bound ${BOUND_HELLO}` ? 'hello' : 'proof';
}
