import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

const HEAD_END = '\r\n\r\n';

/**
 * An origin of HTTP/1.1 that knows GET alone and sends responses that were made before. It costs far less than any
 * client, so that clients are measured and not it.
 *
 * @param responses - path → the whole response.
 */
export function cannedOrigin(
  responses: ReadonlyMap<string, Buffer>,
  tls?: { readonly cert: string; readonly key: string },
): Server {
  const serve = (socket: Socket) => serveSocket(socket, responses);
  return tls
    ? createTlsServer({ ...tls, ALPNProtocols: ['http/1.1'], noDelay: true }, serve)
    : createServer({ noDelay: true }, serve);
}

function serveSocket(socket: Socket, responses: ReadonlyMap<string, Buffer>): void {
  let rest = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf(HEAD_END); end >= 0; end = rest.indexOf(HEAD_END)) {
      const path = rest.slice(rest.indexOf(' ') + 1, rest.indexOf(' HTTP/'));
      rest = rest.slice(end + HEAD_END.length);
      socket.write(responses.get(path) ?? responseOf(404, {}));
    }
  });
  // A client that goes away in the middle has its reasons.
  socket.on('error', () => socket.destroy());
}

/** A response in one piece. */
export function responseOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer = Buffer.alloc(0),
): Buffer {
  const fields = { date: new Date().toUTCString(), 'content-length': String(body.length), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Canned\r\n${lines.join('')}\r\n`, 'latin1'), body]);
}
