import { createHash } from 'node:crypto';
import { type Routes, rest } from '../route.js';

/** What `/echo` answers. */
export interface Echo {
  readonly method: string;
  /** The request target as sent. */
  readonly path: string;
  /** Names and values in turn, as received. */
  readonly headers: readonly string[];
  /** Length of the body in bytes. */
  readonly bytes: number;
  /** Hex SHA-256 of the body. */
  readonly sha256: string;
  /** Id of the connection at the origin. */
  readonly connection: number;
  /** `http/1.1` or `h2`. */
  readonly protocol: string;
  /** Who signed in, or null. */
  readonly user: string | null;
  /** Common name of the client certificate, or null. */
  readonly clientCertificate: string | null;
}

/** Plain answers that tell what was asked. */
export const echoRoutes: Routes = {
  '/': (exchange) => exchange.send(200, { 'content-type': 'text/plain' }, 'ok'),
  '/echo': async (exchange) => {
    const body = await exchange.body();
    const { connection } = exchange;
    exchange.json({
      method: exchange.method,
      path: exchange.target,
      headers: exchange.request.rawHeaders,
      bytes: body.length,
      sha256: createHash('sha256').update(body).digest('hex'),
      connection: connection.id,
      protocol: exchange.protocol,
      user: exchange.user ?? null,
      clientCertificate: connection.clientCertificate ?? null,
    } satisfies Echo);
  },
  '/status/': async (exchange) => {
    const status = Number(rest(exchange, '/status/'));
    await exchange.drain();
    if (!Number.isInteger(status) || status < 200 || status > 599) return exchange.send(400, {}, 'No such status');
    exchange.send(status, { 'content-type': 'text/plain' }, `status ${status}`);
  },
};
