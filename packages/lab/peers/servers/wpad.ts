import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { run, startDaemon } from '../testbed/daemons.js';
import { at } from '../testbed/layout.js';

const FOLDER = at('wpad');
const SERVER = 'wpad-server';
const CLIENT = 'wpad-client';
const SERVER_ADDRESS = '10.99.0.1';
const SERVER_LINK = 'tbserver';
const CLIENT_LINK = 'tbclient';

/** What the network's script answers. */
export const WPAD_RESULT = 'PROXY proxy.test:3128';
/** The URL that DHCP option 252 and the search list of DNS lead to. */
export const WPAD_URL = 'http://wpad.corp.test/wpad.dat';
/** Where the DHCP client's script writes what it was offered: address, then option 252. */
export const WPAD_LEASE = `${FOLDER}/lease`;
/** Runs when the DHCP client is told something. */
export const DHCP_SCRIPT = `${FOLDER}/on-lease`;

const DNSMASQ_CONF = `bind-interfaces
interface=${SERVER_LINK}
except-interface=lo
no-hosts
no-resolv
user=root
dhcp-leasefile=${FOLDER}/leases
domain=corp.test
local=/test/
address=/wpad.corp.test/${SERVER_ADDRESS}
dhcp-range=10.99.0.50,10.99.0.99,1h
dhcp-option=252,"${WPAD_URL}"
`;

const ON_LEASE = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip address replace "$ip/24" dev "$interface"
echo "$ip $wpad" > ${WPAD_LEASE}
`;

/** Starts a network of two hosts: one has DHCP, DNS and web server, the other is for clients ({@link atWpadClient}). */
export async function startWpad(): Promise<void> {
  await mkdir(`${FOLDER}/web`, { recursive: true });
  await writeFile(`${FOLDER}/dnsmasq.conf`, DNSMASQ_CONF);
  await writeFile(`${FOLDER}/resolv.conf`, `search corp.test\nnameserver ${SERVER_ADDRESS}\n`);
  await writeFile(`${FOLDER}/web/wpad.dat`, `function FindProxyForURL(url, host) { return '${WPAD_RESULT}'; }\n`);
  await writeFile(DHCP_SCRIPT, ON_LEASE);
  await chmod(DHCP_SCRIPT, 0o755);

  for (const name of [SERVER, CLIENT]) await run('ip', ['netns', 'add', name]);
  const [serverSide, clientSide] = [
    ['name', SERVER_LINK, 'netns', SERVER],
    ['name', CLIENT_LINK, 'netns', CLIENT],
  ];
  await run('ip', ['link', 'add', ...serverSide!, 'type', 'veth', 'peer', ...clientSide!]);
  await run('ip', ['-n', SERVER, 'address', 'add', `${SERVER_ADDRESS}/24`, 'dev', SERVER_LINK]);
  for (const [name, link] of [
    [SERVER, SERVER_LINK],
    [CLIENT, CLIENT_LINK],
  ] as const) {
    await run('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    await run('ip', ['-n', name, 'link', 'set', link, 'up']);
  }

  const inServer = ['nsenter', `--net=/run/netns/${SERVER}`];
  const dnsmasq = ['dnsmasq', '--keep-in-foreground', `--conf-file=${FOLDER}/dnsmasq.conf`, '--pid-file='];
  const web = ['/usr/bin/python3', '-m', 'http.server', '80', '--bind', SERVER_ADDRESS, '--directory', `${FOLDER}/web`];
  await Promise.all([
    startDaemon('wpad-dnsmasq', [...inServer, ...dnsmasq], { ready: [], check: () => answers(`${SERVER_ADDRESS}:53`) }),
    startDaemon('wpad-web', [...inServer, ...web], { ready: [], check: () => answers(`${SERVER_ADDRESS}:80`) }),
  ]);
}

/** A command as the network's client host runs it, with the name server of that network. */
export function atWpadClient(command: readonly string[]): string[] {
  const useNameServer = `mount --bind ${FOLDER}/resolv.conf /etc/resolv.conf && exec "$@"`;
  return ['nsenter', `--net=/run/netns/${CLIENT}`, 'unshare', '--mount', 'sh', '-c', useNameServer, 'sh', ...command];
}

function answers(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return run('nsenter', [`--net=/run/netns/${SERVER}`, 'bash', '-c', `echo > /dev/tcp/${host}/${port}`]).then(
    () => true,
    () => false,
  );
}
