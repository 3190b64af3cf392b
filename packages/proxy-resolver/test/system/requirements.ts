import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Why tests that need a whole Linux system cannot run here, in one line; undefined when they can. */
export function whatIsMissing(commands: readonly string[], needsRoot: boolean): string | undefined {
  if (process.env.NETLOOM_SYSTEM_TESTS !== '1') return 'NETLOOM_SYSTEM_TESTS=1 is not set';
  if (process.platform !== 'linux') return 'it needs Linux';
  if (needsRoot && process.getuid?.() !== 0) return 'it needs root';
  const missing = commands.filter((command) => !isInstalled(command));
  return missing.length === 0 ? undefined : `missing commands: ${missing.join(', ')}`;
}

function isInstalled(command: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });
}
