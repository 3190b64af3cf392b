import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { PORTS } from '../testbed/layout.js';

/** What the application behind the origin received. */
export interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string | string[] | undefined>;
  /** Bytes of the body, and their hash in hex. */
  readonly length: number;
  readonly sha256: string;
}

/** Starts the application behind Apache: it answers each request with an {@link Echo} in JSON. */
export function startEcho(): Promise<void> {
  const server = createServer((request, response) => {
    describe(request).then(
      (echo) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(echo));
      },
      // The body was cut off, as it is when a peer on the way ends: nobody waits for the answer.
      () => response.destroy(),
    );
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(PORTS.echo, '127.0.0.1', resolve);
  });
}

async function describe(request: IncomingMessage): Promise<Echo> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    length += chunk.length;
  }
  const { method = '', url = '', headers } = request;
  return { method, url, headers, length, sha256: hash.digest('hex') };
}
