import type { Environment } from './linux/environment.js';
import { parseEnvironment } from './linux/environment.js';
import type { SettingsReader } from './settings.js';

/** Reads the proxy settings of an operating system. */
export async function systemReader(platform: NodeJS.Platform, env: Environment): Promise<SettingsReader> {
  switch (platform) {
    case 'win32':
      return (await import('./windows/reader.js')).windowsReader;
    case 'darwin':
      return (await import('./macos/reader.js')).macosReader;
    case 'linux':
      return (await import('./linux/reader.js')).linuxReader(env);
    default:
      // Other systems have no settings but the environment.
      return { watched: [], pollInterval: undefined, read: async () => parseEnvironment(env) };
  }
}
