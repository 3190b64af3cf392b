import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { ClockTimer, HostAddress, HostResolver } from '@netloom/contracts';
import type { Opening } from './opening.js';

/** RFC 8305 section 5: how long an attempt has before the next address is tried beside it, in ms. */
const ATTEMPT_DELAY = 250;

/** What a TCP connection is opened with. */
export interface TcpOptions {
  /** Host name or address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly hostResolver: HostResolver;
  /** Bytes that a socket buffers ahead of its reader. */
  readonly highWaterMark: number;
}

/**
 * Opens a TCP connection to the first address of a host that answers (Happy Eyeballs, RFC 8305): the addresses are
 * tried in turn, families alternating, each 250 ms after the one before it or as soon as that one failed; attempts go on
 * beside each other, and the first that succeeds wins.
 *
 * Node's own `autoSelectFamily` is not used because it gives an address up when the next one's turn comes: a host whose
 * handshake takes longer than the delay is then not reached.
 *
 * @throws the resolver's error, or the system's error of an attempt.
 */
export async function connectTcp(opening: Opening, options: TcpOptions): Promise<Socket> {
  const { host, port, hostResolver } = options;
  const addresses = alternateFamilies(await hostResolver.lookup(host, { port, signal: opening.signal }));
  opening.signal.throwIfAborted();
  if (addresses.length === 0) throw Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' });
  return raceAddresses(opening, addresses, options);
}

/** RFC 8305 section 4: the first family of the list first, then the other, in turn. */
export function alternateFamilies(addresses: readonly HostAddress[]): HostAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  return Array.from({ length: Math.max(first.length, second.length) }, (_, i) => [first[i], second[i]])
    .flat()
    .filter((address) => address !== undefined);
}

function raceAddresses(opening: Opening, addresses: readonly HostAddress[], options: TcpOptions): Promise<Socket> {
  const { port, highWaterMark } = options;
  return new Promise<Socket>((resolve, reject) => {
    const attempts = new Set<Socket>();
    const errors: Error[] = [];
    let next = 0;
    let timer: ClockTimer | undefined;

    const finish = () => {
      timer?.cancel();
      opening.signal.removeEventListener('abort', onFailure);
      for (const socket of attempts) opening.drop(socket);
      attempts.clear();
    };
    const onFailure = () => {
      finish();
      reject(opening.signal.reason);
    };
    const attempt = ({ address, family, port: own = port }: HostAddress) => {
      const target: NetConnectOpts & { readonly highWaterMark: number } = {
        host: address,
        port: own,
        family,
        noDelay: true,
        highWaterMark, // missing in the types
      };
      const socket = opening.own(connect(target));
      attempts.add(socket);
      const onConnect = () => {
        socket.off('error', onError);
        attempts.delete(socket);
        finish();
        resolve(socket);
      };
      const onError = (error: Error) => {
        socket.off('connect', onConnect);
        if (!attempts.delete(socket)) return;
        errors.push(error);
        if (next < addresses.length) attemptNext();
        else if (attempts.size === 0) {
          finish();
          reject(mostTelling(errors));
        }
      };
      socket.once('connect', onConnect).once('error', onError);
    };
    const attemptNext = () => {
      timer?.cancel();
      attempt(addresses[next++]!);
      if (next < addresses.length) timer = opening.clock.setTimeout(attemptNext, ATTEMPT_DELAY);
    };

    opening.signal.addEventListener('abort', onFailure, { once: true });
    attemptNext();
  });
}

/** "Unreachable" only says that a family is not available here; a refusal tells of the host itself. */
function mostTelling(errors: readonly Error[]): Error {
  const chosen = errors.find((error) => !UNREACHABLE.has(codeOf(error))) ?? errors[0]!;
  if (errors.length === 1) return chosen;
  return Object.assign(new AggregateError(errors, chosen.message), { code: codeOf(chosen) });
}

const UNREACHABLE = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EAFNOSUPPORT', 'EADDRNOTAVAIL']);

function codeOf(error: Error): string {
  return String((error as NodeJS.ErrnoException).code);
}
