import { runCommand, windowsProgram } from '../../os/run-command.js';
import type { SettingsReader } from '../settings.js';
import { interpretWindows } from './interpret.js';

const SETTINGS = String.raw`SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings`;
const POLICY = String.raw`HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings`;

const query = (key: string) => runCommand(windowsProgram('reg.exe'), ['query', key]);

/** Windows: the registry. */
export const windowsReader: SettingsReader = {
  watched: [],
  pollInterval: 10_000,
  async read() {
    const [policy, user, userConnections, machine, machineConnections] = await Promise.all([
      query(POLICY),
      query(`HKCU\\${SETTINGS}`),
      query(`HKCU\\${SETTINGS}\\Connections`),
      query(`HKLM\\${SETTINGS}`),
      query(`HKLM\\${SETTINGS}\\Connections`),
    ]);
    return interpretWindows({ policy, user, userConnections, machine, machineConnections });
  },
};
