import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { run } from '../testbed/daemons.js';
import { at, PEOPLE, REALMS } from '../testbed/layout.js';

/** Password files of Squid (`alice` of {@link PEOPLE}) and Apache (`bob`). */
export const PASSWORDS = {
  squidBasic: at('squid.basic'),
  squidDigest: at('squid.digest'),
  apacheBasic: at('apache.basic'),
  apacheDigest: at('apache.digest'),
} as const;

export async function writePasswords(): Promise<void> {
  const { proxy, origin } = PEOPLE;
  await Promise.all([
    writeFile(PASSWORDS.squidBasic, await htpasswd(proxy)),
    writeFile(PASSWORDS.squidDigest, htdigest(proxy, REALMS.squid)),
    writeFile(PASSWORDS.apacheBasic, await htpasswd(origin)),
    writeFile(PASSWORDS.apacheDigest, htdigest(origin, REALMS.apache)),
  ]);
}

type Person = { readonly username: string; readonly password: string };

function htpasswd({ username, password }: Person): Promise<string> {
  return run('htpasswd', ['-nbm', username, password]);
}

function htdigest({ username, password }: Person, realm: string): string {
  const hash = createHash('md5').update(`${username}:${realm}:${password}`).digest('hex');
  return `${username}:${realm}:${hash}\n`;
}
