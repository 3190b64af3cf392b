import { writeFile } from 'node:fs/promises';
import { run, startDaemon } from '../testbed/daemons.js';
import { at } from '../testbed/layout.js';
import { arrange } from '../testbed/mounts.js';
import { MISSING, NAMES, ORIGIN } from './network.js';

/**
 * Makes the network of `network.ts`: every address is local, and a name server knows the names. The process is in
 * mount and network namespaces of its own.
 *
 * @param state - an empty folder.
 */
export async function makeNetwork(state: string): Promise<void> {
  await arrange(state);
  // A browser without any other interface takes itself to be offline.
  await run('ip', ['link', 'add', 'outside', 'type', 'veth', 'peer', 'name', 'inside']);
  for (const name of ['outside', 'inside']) await run('ip', ['link', 'set', name, 'up']);
  await run('ip', ['address', 'add', '198.51.100.2/24', 'dev', 'outside']);
  await run('ip', ['route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo']);
  await run('ip', ['-6', 'route', 'add', 'local', '::/0', 'dev', 'lo']);

  const addresses = Object.entries({ ...NAMES, '#': ORIGIN }).map(([name, address]) => `address=/${name}/${address}`);
  const config = at('dnsmasq.conf');
  const listen = ['listen-address=127.0.0.1', 'bind-interfaces', 'no-resolv', 'no-hosts', 'user=root'];
  await writeFile(config, [...listen, ...addresses, `address=/${MISSING.slice(1)}/`, ''].join('\n'));
  await startDaemon('dnsmasq', ['dnsmasq', '--keep-in-foreground', `--conf-file=${config}`, '--pid-file='], {
    ready: ['127.0.0.1:53'],
  });
}
