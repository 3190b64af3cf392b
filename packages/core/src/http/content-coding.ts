import type { Duplex } from 'node:stream';
import * as zlib from 'node:zlib';
import { Gunzip } from './gunzip.js';
import { Inflate } from './inflate.js';

/** A content coding that can be undone (RFC 9110 section 8.4.1). */
export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Bytes of output that a decoder makes at a time. */
const CHUNK_BYTES = 64 * 1024;
/** More codings than this on one answer are an attack: each may blow up a thousandfold what the one before gave. */
const MAX_CODINGS = 5;

const makeZstd = (zlib as { createZstdDecompress?: (options: { chunkSize: number }) => Duplex }).createZstdDecompress;

const DECODERS: Readonly<Record<ContentCoding, (() => Duplex) | undefined>> = {
  gzip: () => new Gunzip({ chunkSize: CHUNK_BYTES }),
  deflate: () => new Inflate({ chunkSize: CHUNK_BYTES }),
  br: () => zlib.createBrotliDecompress({ chunkSize: CHUNK_BYTES }),
  // From Node 22.15 on.
  zstd: makeZstd === undefined ? undefined : () => makeZstd({ chunkSize: CHUNK_BYTES }),
};

/** What to ask for. Over plain http only what middleboxes have known for long, as browsers do. */
export const ACCEPT_ENCODING = {
  plain: 'gzip, deflate',
  secure: makeZstd === undefined ? 'gzip, deflate, br' : 'gzip, deflate, br, zstd',
} as const;

/**
 * The codings that a `content-encoding` field names, in the order in which they were applied. Undefined when one of them
 * cannot be undone: such a body is passed on as it is, and so is one with none.
 *
 * @throws RangeError for more than five codings.
 */
export function parseContentEncoding(field: string | string[]): readonly ContentCoding[] | undefined {
  const codings: ContentCoding[] = [];
  for (const part of (Array.isArray(field) ? field.join(',') : field).split(',')) {
    const name = part.trim().toLowerCase();
    if (name === '' || name === 'identity') continue;
    const coding = name === 'x-gzip' ? 'gzip' : name;
    if (!isCoding(coding)) return undefined;
    codings.push(coding);
  }
  if (codings.length > MAX_CODINGS) {
    throw new RangeError(`${codings.length} content codings on one answer; at most ${MAX_CODINGS} are undone`);
  }
  return codings.length === 0 ? undefined : codings;
}

/** Streams that undo the codings, the last one applied first. */
export function createDecoders(codings: readonly ContentCoding[]): Duplex[] {
  return codings.toReversed().map((coding) => (DECODERS[coding] as () => Duplex)());
}

function isCoding(name: string): name is ContentCoding {
  return Object.hasOwn(DECODERS, name) && DECODERS[name as ContentCoding] !== undefined;
}
