import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';

const BLOCK = Buffer.alloc(256 * 1024, 'netloom ');

/** An origin for large bodies: `/download?bytes=` and `/upload`. */
export function bulkOrigin(tls?: { readonly cert: string; readonly key: string }): Server {
  return tls ? createHttpsServer(tls, answer) : createServer(answer);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://origin.invalid');
  if (pathname === '/download') {
    send(response, Number(searchParams.get('bytes')));
  } else {
    request.resume();
    request.once('end', () => response.end('ok'));
  }
}

function send(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const block = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
      left -= block.length;
      if (!response.write(block)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
