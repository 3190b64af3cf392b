import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { type Routes, rest } from '../route.js';

const TEXT = 'The quick brown fox jumps over the lazy dog. '.repeat(200);
const BLOCK = Buffer.alloc(64 * 1024, 'netloom ');

type Coder = (text: string) => Buffer;
/** zstd is missing from Node before 22.15. */
const { zstdCompressSync } = zlib as { zstdCompressSync?: Coder };
const CODINGS: Readonly<Record<string, { readonly coding: string; readonly encode: Coder | undefined }>> = {
  gzip: { coding: 'gzip', encode: zlib.gzipSync },
  deflate: { coding: 'deflate', encode: zlib.deflateSync },
  'deflate-raw': { coding: 'deflate', encode: zlib.deflateRawSync },
  br: { coding: 'br', encode: zlib.brotliCompressSync },
  zstd: { coding: 'zstd', encode: zstdCompressSync },
  twice: { coding: 'gzip, br', encode: (text) => zlib.brotliCompressSync(zlib.gzipSync(text)) },
  'bad-gzip': {
    coding: 'gzip',
    encode: (text) => Buffer.concat([zlib.gzipSync(text).subarray(0, 20), Buffer.alloc(40, 0xff)]),
  },
  'cut-gzip': { coding: 'gzip', encode: (text) => zlib.gzipSync(text).subarray(0, -12) },
};

/** The text behind every coding of `/compressed/…`. */
export const COMPRESSED_TEXT = TEXT;

/** Bodies of all kinds: chunked, with trailers, coded, large. */
export const bodyRoutes: Routes = {
  '/chunked': (exchange) => {
    exchange.head(200, { 'content-type': 'text/plain' });
    for (let index = 0; index < exchange.number('chunks', 10); index++) exchange.response.write(`chunk ${index}\n`);
    exchange.response.end();
  },
  '/trailers': (exchange) => {
    exchange.head(200, { 'content-type': 'text/plain', trailer: 'x-checksum' });
    exchange.response.write('body with a trailer');
    exchange.response.addTrailers({ 'x-checksum': 'abc123' });
    exchange.response.end();
  },
  '/compressed/': (exchange) => {
    const name = rest(exchange, '/compressed/');
    const { coding, encode } = CODINGS[name] ?? {};
    if (!coding || !encode) return exchange.send(501, { 'content-type': 'text/plain' }, `No coding '${name}' here`);
    exchange.send(200, { 'content-type': 'text/plain', 'content-encoding': coding }, encode(TEXT));
  },
  '/big': (exchange) => {
    const bytes = exchange.number('bytes', 1024 * 1024);
    exchange.head(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
    bigBody(bytes).pipe(exchange.response);
  },
};

/** A stream of so many bytes, made as fast as they are read. */
function bigBody(bytes: number): Readable {
  let left = bytes;
  return new Readable({
    highWaterMark: 4 * BLOCK.length,
    read() {
      if (left <= 0) return void this.push(null);
      const block = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
      left -= block.length;
      this.push(block);
    },
  });
}
