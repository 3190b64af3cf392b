import { describe, expect, it } from 'vitest';
import { recording } from '../../../test/support/recordings.js';
import { summary } from '../../../test/support/summary.js';
import { parseConnectionSettings } from './connection-settings.js';
import { interpretWindows } from './interpret.js';

const file = (name: string) => recording(`windows/${name}`);
const user = (name: string) => ({ user: file(name), userConnections: file(`${name}.connections`) });
const machine = { machine: file('machine'), machineConnections: file('machine.connections') };
const source = 'Windows settings';

describe('Windows settings', () => {
  it.each([
    ['off', { source }],
    ['auto-detect', { source, autoDetect: true }],
    ['manual', { source, single: 'PROXY proxy.test:3128', bypass: '*.corp.test, 10.*, <local>' }],
    [
      'manual-per-scheme',
      {
        source,
        http: 'PROXY proxy.test:3128',
        https: 'PROXY secure.test:8443',
        ftp: 'PROXY ftp.test:2121',
        fallback: 'SOCKS socks.test:1080',
        bypass: '<-loopback>',
      },
    ],
    ['manual-switched-off', { source }],
    ['pac', { source, pacUrl: 'http://pac.test/proxy.pac' }],
    ['everything', { source, autoDetect: true, pacUrl: 'http://pac.test/proxy.pac', single: 'PROXY proxy.test:3128' }],
    ['broken', { source, single: 'PROXY proxy.test:3128' }],
  ])('%s', (name, expected) => {
    expect(summary(interpretWindows(user(name)))).toEqual(expected);
  });

  it('are read from their values where the connection has none', () => {
    expect(summary(interpretWindows({ user: file('values-only') }))).toEqual({
      source,
      autoDetect: true,
      single: 'PROXY proxy.test:3128',
      bypass: '<local>',
    });
  });

  it('are those of the machine where a policy says so', () => {
    const registry = { ...user('manual'), ...machine, policy: file('policy-per-machine') };
    expect(summary(interpretWindows(registry))).toEqual({
      source: 'Windows settings of the machine',
      single: 'PROXY machine.test:3128',
    });
    expect(summary(interpretWindows({ ...user('off'), ...machine }))).toEqual({ source });
  });

  it('are those of WinHTTP for a user who has none', () => {
    expect(summary(interpretWindows(machine))).toEqual({
      source: 'WinHTTP settings',
      single: 'PROXY winhttp.test:8080',
      bypass: '*.local',
    });
    const direct = { machineConnections: file('winhttp-direct.connections') };
    expect(summary(interpretWindows(direct))).toEqual({ source: 'WinHTTP settings' });
    expect(interpretWindows({})).toBeUndefined();
    expect(interpretWindows({ machine: 'ERROR: The system was unable to find the key.\r\n' })).toBeUndefined();
  });

  it('may be broken', () => {
    expect(parseConnectionSettings(Buffer.alloc(8))).toBeUndefined();
    expect(parseConnectionSettings(Buffer.alloc(15))).toMatchObject({ useProxy: false, proxy: '' });
  });
});
