import { connect, type LookupFunction, type Socket } from 'node:net';

/** Connects to the next hop of a tunnel. `opened` is told of the socket at once. */
export function connectTo(
  target: { readonly host: string; readonly port: number; readonly lookup: LookupFunction },
  opened: (socket: Socket) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, noDelay: true, allowHalfOpen: true, autoSelectFamily: true });
    opened(socket);
    socket.once('close', () => reject(new Error('Closed before it was connected')));
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Makes one pipe of two sockets: bytes, half-closes, failures and ends of one become those of the other. */
export function join(a: Socket, b: Socket): void {
  a.pipe(b).pipe(a);
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.once('error', () => to.destroy());
    // What the other side was sent before this end is still delivered to it.
    from.once('close', () => to.destroySoon());
  }
}
