import { createHash } from 'node:crypto';
import type { Routes } from '../route.js';

/** An upload that came in full and was accepted. */
export interface Upload {
  readonly bytes: number;
  /** Hex SHA-256 of the body. */
  readonly sha256: string;
}

/** Counts what is uploaded, by the request header `x-upload-id`. */
export const uploadRoutes: Routes = {
  '/upload': async (exchange, origin) => {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of exchange.request) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    const upload = { bytes, sha256: hash.digest('hex') };
    origin.accepted(exchange.header('x-upload-id') ?? '', upload, exchange.connection);
    exchange.json(upload);
  },
};
