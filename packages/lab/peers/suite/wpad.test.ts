import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { atWpadClient, DHCP_SCRIPT, WPAD_LEASE, WPAD_RESULT, WPAD_URL } from '../servers/wpad.js';
import { run } from '../testbed/daemons.js';
import { withPeers } from './daemons.js';

const DAEMONS = ['wpad-dnsmasq', 'wpad-web'];
const WHICH_PROXY = fileURLToPath(new URL('../../../../examples/which-proxy/dist/main.js', import.meta.url));
/** Without this right a program cannot use the port of a DHCP client, as those of ordinary users cannot. */
const WITHOUT_DHCP = ['setpriv', '--bounding-set', '-net_bind_service', '--inh-caps', '-net_bind_service'];

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

  it('has it found by netloom, which asks DHCP', () =>
    withPeers(DAEMONS, async () => {
      await lease();
      expect(await whichProxy()).toEqual({
        url: 'http://web.test/',
        pac: WPAD_RESULT,
        why: { source: `PAC script ${WPAD_URL} (WPAD by DHCP)`, rule: WPAD_RESULT },
      });
    }));

  it('has it found by netloom, which asks DNS where it may not ask DHCP', () =>
    withPeers(DAEMONS, async () => {
      await lease();
      expect(await whichProxy(WITHOUT_DHCP)).toEqual({
        url: 'http://web.test/',
        pac: WPAD_RESULT,
        why: { source: 'PAC script http://wpad/wpad.dat (WPAD by DNS)', rule: WPAD_RESULT },
      });
    }));
});

/** What the example program finds on the client. */
async function whichProxy(wrapper: readonly string[] = []): Promise<unknown> {
  const command = [process.execPath, WHICH_PROXY, '--json', '--wpad', 'http://web.test/'];
  const [answer] = JSON.parse(await client(...wrapper, ...command)) as unknown[];
  return answer;
}

function client(...command: string[]): Promise<string> {
  const [program, ...args] = atWpadClient(command);
  return run(program!, args);
}

function lease(): Promise<string> {
  return client('udhcpc', '-i', 'tbclient', '-f', '-q', '-n', '-s', DHCP_SCRIPT, '-O', '252');
}
