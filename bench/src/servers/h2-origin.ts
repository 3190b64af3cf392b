import { createSecureServer, type Http2SecureServer } from 'node:http2';

/** An origin of HTTP/2 that answers everything with one body. */
export function h2Origin(body: Buffer, tls: { readonly cert: string; readonly key: string }): Http2SecureServer {
  const server = createSecureServer({ ...tls, settings: { maxConcurrentStreams: 200 } });
  server.on('stream', (stream) => {
    // A stream that the client gives up is no failure of the server's.
    stream.on('error', () => stream.close());
    stream.respond({ ':status': 200, 'content-length': body.length });
    stream.end(body);
  });
  return server;
}
