import { runCommand } from '../../os/run-command.js';
import type { SettingsReader } from '../settings.js';
import { interpretMacos } from './interpret.js';

/** macOS: what `scutil` says about the network service in use. */
export const macosReader: SettingsReader = {
  watched: [],
  pollInterval: 10_000,
  async read() {
    const output = await runCommand('/usr/sbin/scutil', ['--proxy']);
    return output === undefined ? undefined : interpretMacos(output);
  },
};
