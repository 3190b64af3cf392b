import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { atWpadClient, DHCP_SCRIPT, WPAD_LEASE, WPAD_RESULT, WPAD_URL } from '../servers/wpad.js';
import { run } from '../testbed/daemons.js';
import { whyPending } from './capabilities.js';
import { withPeers } from './daemons.js';
import { pending } from './pending.js';

const DAEMONS = ['wpad-dnsmasq', 'wpad-web'];

describe('a network that offers a PAC script', () => {
  it('names its URL by DHCP option 252', () =>
    withPeers(DAEMONS, async () => {
      await lease();
      expect((await readFile(WPAD_LEASE, 'utf8')).trim()).toMatch(new RegExp(`^10\\.99\\.0\\.\\d+ ${WPAD_URL}$`));
    }));

  it('serves the script at the short name wpad', () =>
    withPeers(DAEMONS, async () => {
      await lease();
      expect(await client('curl', '--silent', '--show-error', 'http://wpad/wpad.dat')).toContain(WPAD_RESULT);
    }));

  for (const feature of ['PAC URL found by DNS', 'PAC URL found by DHCP'] as const) {
    const reason = whyPending(feature);
    if (reason) pending(`netloom: ${feature}`, reason);
  }
});

function client(...command: string[]): Promise<string> {
  const [program, ...args] = atWpadClient(command);
  return run(program!, args);
}

function lease(): Promise<string> {
  return client('udhcpc', '-i', 'tbclient', '-f', '-q', '-n', '-s', DHCP_SCRIPT, '-O', '252');
}
