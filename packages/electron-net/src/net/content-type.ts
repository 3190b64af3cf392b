import { extname } from 'node:path';
import { lookup } from 'mrmime';

/**
 * What a file's content is, by the extension of its name; undefined where that tells nothing. To be imported where it is
 * needed first: it brings a table.
 */
export function contentTypeOf(path: string): string | undefined {
  const extension = extname(path);
  // The table is an object like any other, which has a `constructor`.
  const type: unknown = extension === '' ? undefined : lookup(extension);
  return typeof type === 'string' ? type : undefined;
}
