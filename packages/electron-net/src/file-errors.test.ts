import { expect, test } from 'vitest';
import { fileErrorCode } from './file-errors.js';

test.each([
  ['ENOENT', 'ERR_FILE_NOT_FOUND'],
  ['ENOTDIR', 'ERR_FILE_NOT_FOUND'],
  ['EACCES', 'ERR_ACCESS_DENIED'],
  ['EPERM', 'ERR_ACCESS_DENIED'],
  ['EMFILE', 'ERR_INSUFFICIENT_RESOURCES'],
  ['ENFILE', 'ERR_INSUFFICIENT_RESOURCES'],
  ['EIO', 'ERR_FAILED'],
  [undefined, 'ERR_FAILED'],
])('%s is %s', (code, name) => {
  expect(fileErrorCode(Object.assign(new Error('no'), { code }))).toBe(name);
});
