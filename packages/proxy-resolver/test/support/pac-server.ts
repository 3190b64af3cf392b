import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a PAC server answers next. */
export interface PacServerAnswer {
  readonly status?: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether to leave the question open. */
  readonly hang?: boolean;
}

/** A web server with one PAC script, which can be changed. */
export async function servePac(body: string) {
  const server = createServer((_, response) => {
    state.requests += 1;
    const { status = 200, body = '', headers = {}, hang = false } = state.answer;
    if (!hang) response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const state = {
    url: `http://127.0.0.1:${port}/proxy.pac`,
    port,
    requests: 0,
    answer: { body } as PacServerAnswer,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
}
