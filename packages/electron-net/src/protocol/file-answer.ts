import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { NetError } from '@netloom/contracts';
import { fileErrorCode } from '../file-errors.js';
import { fieldOf } from '../net/header-list.js';
import type { Answer } from './answer.js';
import type { HandledRequest } from './handlers.js';

/** Opening a pipe would else wait for somebody who writes to it. Windows has neither. */
const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Answers a `file:` URL. */
export async function fileAnswer(request: HandledRequest): Promise<Answer> {
  let path: string;
  try {
    path = fileURLToPath(request.url);
  } catch (cause) {
    throw new NetError('ERR_FILE_NOT_FOUND', { url: request.url, cause });
  }
  return readFileAnswer(path, request);
}

/**
 * A file as an answer; a range of it (RFC 9110 section 14.2) where the request asks for one.
 *
 * @throws NetError `ERR_METHOD_UNSUPPORTED`, `ERR_REQUEST_RANGE_NOT_SATISFIABLE`, or that of {@link fileErrorCode}.
 */
export async function readFileAnswer(
  path: string,
  { method, url, headers }: Pick<HandledRequest, 'method' | 'url' | 'headers'>,
): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') throw new NetError('ERR_METHOD_UNSUPPORTED', { url });
  const { contentTypeOf } = await import('../net/content-type.js');
  const file = await open(path, READING).catch((cause: NodeJS.ErrnoException) => {
    throw new NetError(fileErrorCode(cause), { url, cause });
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new NetError('ERR_FILE_NOT_FOUND', { url, detail: 'it is no file' });
    const type = contentTypeOf(path);
    const range = rangeOf(fieldOf(headers, 'range'), facts.size);
    if (range === 'unsatisfiable') throw new NetError('ERR_REQUEST_RANGE_NOT_SATISFIABLE', { url });
    const { start, end } = range ?? { start: 0, end: facts.size - 1 };
    const fields = ['content-length', String(end - start + 1), 'last-modified', facts.mtime.toUTCString()];
    if (type !== undefined) fields.push('content-type', type);
    if (range !== undefined) fields.push('content-range', `bytes ${start}-${end}/${facts.size}`);
    const head = { status: range ? 206 : 200, statusText: range ? 'Partial Content' : 'OK', fields };
    if (method === 'HEAD' || facts.size === 0) {
      await file.close();
      return { ...head, body: null };
    }
    return { ...head, body: createReadStream(path, { fd: file, start, end }) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The one range that a field asks for, both ends included; undefined: the whole file, as for several ranges. */
function rangeOf(
  field: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(field ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  return start > end ? 'unsatisfiable' : { start, end };
}
