import type { SettingsReader } from '../settings.js';
import { findDesktop, settingsOf } from './desktop.js';
import { type Environment, parseEnvironment } from './environment.js';
import { gsettingsReader } from './gsettings.js';
import { kdeReader } from './kde.js';

/** Linux: the settings of the desktop where it has any, else the environment. */
export async function linuxReader(env: Environment): Promise<SettingsReader> {
  const desktop = findDesktop(env);
  const kind = settingsOf(desktop);
  if (kind === undefined) return { read: async () => parseEnvironment(env), watched: [], pollInterval: undefined };
  const reader = kind === 'gsettings' ? gsettingsReader(env) : await kdeReader(desktop, env);
  return { ...reader, read: async () => (await reader.read()) ?? parseEnvironment(env) };
}
