import { join } from 'node:path';

const PERSISTENT = 'persist:';

/** Whether a session's data outlives the process: that of the default session, and of names that begin with `persist:`. */
export function isPersistentPartition(partition: string): boolean {
  return partition === '' || partition.startsWith(PERSISTENT);
}

/**
 * The folder in which a session keeps what outlives the process; null: it keeps nothing.
 *
 * @param userData - the program's own folder, asked for when there is something to keep.
 */
export function storagePathOf(partition: string, userData: () => string): string | null {
  if (!isPersistentPartition(partition)) return null;
  if (partition === '') return userData();
  return join(userData(), 'Partitions', folderName(partition.slice(PERSISTENT.length)));
}

/** A name that stays within its folder, and that every file system takes. */
function folderName(name: string): string {
  const escaped = encodeURIComponent(name.toLowerCase()).replaceAll('*', '%2A');
  return /^\.+$/.test(escaped) ? escaped.replaceAll('.', '%2E') : escaped;
}
