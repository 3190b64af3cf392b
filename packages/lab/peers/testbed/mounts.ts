import { access, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './daemons.js';
import { at, CACHE, ENDED, HOSTS, LOGS } from './layout.js';

/**
 * Makes the testbed's own `/run`, host names and loopback network. The process is in mount, network and pid namespaces
 * of its own, so all of it ends with the last process inside.
 *
 * @param state - the state directory outside; only its folders `cache` and `log` outlive the testbed.
 */
export async function arrange(state: string): Promise<void> {
  // Asked before /run is covered: /etc/resolv.conf is often a link into it.
  const resolvConf = await realpath('/etc/resolv.conf').catch(() => undefined);

  await run('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/run']);
  await Promise.all([mkdir(ENDED, { recursive: true }), mkdir('/run/samba'), mkdir('/run/lock')]);
  await bind(join(state, 'cache'), CACHE);
  await bind(join(state, 'log'), LOGS);
  for (const name of await readdir(LOGS)) await rm(join(LOGS, name), { recursive: true });

  const hosts = Object.entries({ localhost: '127.0.0.1', ...HOSTS }).map(([name, address]) => `${address} ${name}\n`);
  await replace('/etc/hosts', hosts.join(''));
  if (resolvConf) await replace(resolvConf, 'nameserver 127.0.0.1\n');
  await run('ip', ['link', 'set', 'lo', 'up']);
}

async function bind(outside: string, inside: string): Promise<void> {
  await Promise.all([mkdir(outside, { recursive: true }), mkdir(inside, { recursive: true })]);
  await run('mount', ['--bind', outside, inside]);
  // The daemons write as users of their own.
  await run('chmod', ['1777', inside]);
}

async function replace(file: string, text: string): Promise<void> {
  const own = at(file.slice(1).replaceAll('/', '-'));
  await writeFile(own, text);
  const present = await access(file).then(
    () => true,
    () => false,
  );
  if (present) {
    await run('mount', ['--bind', own, file]);
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
