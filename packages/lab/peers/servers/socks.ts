import { mkdir, writeFile } from 'node:fs/promises';
import { startDaemon } from '../testbed/daemons.js';
import { at, PEOPLE, PORTS } from '../testbed/layout.js';

const DANTED_CONF = `logoutput: stdout
internal: 127.0.0.1 port = ${PORTS.dante}
external: 127.0.0.1
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 log: connect }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 log: connect }
`;

/** Starts dante (SOCKS4 and SOCKS5; its SOCKS4a is broken). */
export async function startDante(): Promise<void> {
  await mkdir(at('dante'));
  const config = at('dante', 'danted.conf');
  await writeFile(config, DANTED_CONF);
  await startDaemon('dante', ['danted', '-f', config, '-p', at('dante', 'pid')], {
    ready: [`127.0.0.1:${PORTS.dante}`],
  });
}

/** Starts microsocks (SOCKS5) twice: open, and with user and password. */
export async function startMicrosocks(): Promise<void> {
  const { username, password } = PEOPLE.proxy;
  const listen = (port: number) => ['microsocks', '-i', '127.0.0.1', '-p', String(port)];
  await startDaemon('microsocks', listen(PORTS.microsocks), { ready: [`127.0.0.1:${PORTS.microsocks}`] });
  await startDaemon('microsocks-password', [...listen(PORTS.microsocksPassword), '-u', username, '-P', password], {
    ready: [`127.0.0.1:${PORTS.microsocksPassword}`],
  });
}
