import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pacFetchFailed } from '../pac-error.js';
import { MAX_PAC_BYTES, type PacBytes } from './types.js';

/** Reads a script from a file. */
export async function readFileUrl(url: URL, signal: AbortSignal): Promise<PacBytes> {
  try {
    const file = await open(fileURLToPath(url));
    try {
      const bytes = Buffer.alloc(MAX_PAC_BYTES + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length; length += read) {
        signal.throwIfAborted();
        read = (await file.read(bytes, length, bytes.length - length)).bytesRead;
      }
      if (length > MAX_PAC_BYTES)
        throw pacFetchFailed('ERR_FILE_TOO_BIG', url.href, `it is larger than ${MAX_PAC_BYTES} bytes`);
      return { bytes: bytes.subarray(0, length), contentType: undefined };
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw pacFetchFailed('ERR_FILE_NOT_FOUND', url.href, 'there is no such file', error);
    if (code === 'EACCES' || code === 'EISDIR') throw pacFetchFailed('ERR_ACCESS_DENIED', url.href, message, error);
    throw error;
  }
}
