import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SettingsReader } from '../settings.js';
import type { Desktop } from './desktop.js';
import type { Environment } from './environment.js';
import { interpretKde, parseKioslaverc } from './kioslaverc.js';

const FILE = 'kioslaverc';

/** The settings of KDE, read from its files. */
export async function kdeReader(desktop: Desktop, env: Environment): Promise<SettingsReader> {
  const folders = await kdeFolders(
    desktop,
    env,
    async (folder) => (await stat(folder).catch(() => undefined))?.mtimeMs,
  );
  return {
    watched: folders,
    pollInterval: undefined,
    async read() {
      const texts = await Promise.all(
        folders.map((folder) => readFile(join(folder, FILE), 'utf8').catch(() => undefined)),
      );
      return interpretKde(texts.filter((text) => text !== undefined).map(parseKioslaverc), env);
    },
  };
}

/**
 * The folders in which KDE keeps its settings, the most important first.
 *
 * @param modified - when a folder was modified, in ms; undefined for one that is not there.
 */
export async function kdeFolders(
  desktop: Desktop,
  env: Environment,
  modified: (folder: string) => Promise<number | undefined>,
): Promise<readonly string[]> {
  const inHome = (...path: string[]) => join(env.HOME ?? homedir(), ...path);
  if (env.KDEHOME !== undefined) return [join(env.KDEHOME, 'share', 'config')];
  const kde3 = inHome('.kde', 'share', 'config');
  if (desktop === 'kde3') return [kde3];
  if (desktop === 'kde4') {
    // Some distributions let KDE 4 keep its settings beside those of KDE 3; the ones in use are the newer.
    const kde4 = inHome('.kde4', 'share', 'config');
    const [time3, time4] = await Promise.all([modified(kde3), modified(kde4)]);
    return [time4 !== undefined && time4 >= (time3 ?? Number.NEGATIVE_INFINITY) ? kde4 : kde3];
  }
  const shared = (env.XDG_CONFIG_DIRS ?? '').split(':').filter((folder) => folder !== '');
  return [inHome('.config'), ...shared];
}
