import type { NetErrorCode } from '@netloom/contracts';

const CODES: Readonly<Record<string, NetErrorCode>> = {
  ENOENT: 'ERR_FILE_NOT_FOUND',
  ENOTDIR: 'ERR_FILE_NOT_FOUND',
  ENAMETOOLONG: 'ERR_FILE_NOT_FOUND',
  // A socket in the file system.
  ENXIO: 'ERR_FILE_NOT_FOUND',
  EACCES: 'ERR_ACCESS_DENIED',
  EPERM: 'ERR_ACCESS_DENIED',
  // The file may well be there: the program, or the machine, has too many others open.
  EMFILE: 'ERR_INSUFFICIENT_RESOURCES',
  ENFILE: 'ERR_INSUFFICIENT_RESOURCES',
};

/** Chromium's name for the failure of a file system. */
export function fileErrorCode({ code }: NodeJS.ErrnoException): NetErrorCode {
  return CODES[code ?? ''] ?? 'ERR_FAILED';
}
