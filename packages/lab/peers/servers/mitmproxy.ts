import { fileURLToPath } from 'node:url';
import { startDaemon } from '../testbed/daemons.js';
import { at, FILES, LOGS, PEOPLE, PORTS } from '../testbed/layout.js';

/** Where an instance of mitmproxy logs in JSON: see `suite/logs/mitmproxy.ts`. */
export const mitmproxyLog = (name: string) => `${LOGS}/${name}.access`;

/** Starts mitmproxy twice, one after the other because the first makes the CA of both: open, and with Basic. */
export async function startMitmproxy(): Promise<void> {
  const { username, password } = PEOPLE.proxy;
  await start('mitmproxy', PORTS.mitmproxy, []);
  await start('mitmproxy-password', PORTS.mitmproxyPassword, ['--proxyauth', `${username}:${password}`]);
}

async function start(name: string, port: number, options: readonly string[]): Promise<void> {
  const addon = fileURLToPath(new URL('mitmproxy_log.py', import.meta.url));
  const settings = [`confdir=${at('mitmproxy')}`, `ssl_verify_upstream_trusted_ca=${FILES.ca}`];
  await startDaemon(
    name,
    [
      ...['mitmdump', '--listen-host', '127.0.0.1', '--listen-port', String(port), '--scripts', addon],
      ...settings.flatMap((setting) => ['--set', setting]),
      ...options,
    ],
    {
      env: { HOME: at(), PEERS_LOG: mitmproxyLog(name), PYTHONDONTWRITEBYTECODE: '1' },
      ready: [`127.0.0.1:${port}`],
    },
  );
}
