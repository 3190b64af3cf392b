import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { netError } from '../errors.js';

/** A file as a response. Rejects with `net::ERR_FILE_NOT_FOUND`, `net::ERR_ACCESS_DENIED` and the like. */
export async function fetchFile({
  method,
  url,
  signal,
}: {
  readonly method: string;
  readonly url: string;
  readonly signal: AbortSignal | undefined;
}): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') throw netError('ERR_METHOD_UNSUPPORTED');
  const path = fileURLToPath(url);
  const { contentTypeOf } = await import('./content-type.js');
  const type = contentTypeOf(path);
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw netError(cause.code === 'EACCES' ? 'ERR_ACCESS_DENIED' : 'ERR_FILE_NOT_FOUND', cause);
  });
  const facts = await file.stat();
  if (!facts.isFile() || method === 'HEAD') await file.close();
  if (!facts.isFile()) throw netError('ERR_FILE_NOT_FOUND');
  const body =
    method === 'HEAD' ? null : Readable.toWeb(createReadStream(path, { fd: file, ...(signal && { signal }) }));
  const response = new Response(body as unknown as ReadableStream | null, {
    status: 200,
    headers: {
      'content-length': String(facts.size),
      'last-modified': facts.mtime.toUTCString(),
      ...(type && { 'content-type': type }),
    },
  });
  return Object.defineProperty(response, 'url', { value: url, configurable: true });
}
