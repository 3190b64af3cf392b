import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { run, startDaemon } from '../testbed/daemons.js';
import { at, DOMAIN, FILES, REALM, SQUIDS, type SquidName, squidPort } from '../testbed/layout.js';
import { SPNEGO_CONF, squidConfig } from './squid-config.js';

const MEMBER_FOLDERS = ['private', 'state', 'lock', 'cache'];

/** Starts one instance of Squid. The keytab must be there: the Kerberos helper reads it at its start. */
export async function startSquid(name: SquidName): Promise<void> {
  const folder = at('squid', name);
  await mkdir(folder, { recursive: true });
  if (name === 'spnego') await prepareMember(folder);
  if (name === 'inspecting') {
    await run('/usr/lib/squid/security_file_certgen', ['-c', '-s', `${folder}/certificates`, '-M', '4MB']);
  }
  await run('chown', ['-R', 'proxy', folder]);
  await chmod(FILES.proxyKeytab, 0o644);

  const config = at('squid', `${name}.conf`);
  await writeFile(config, squidConfig(name));
  const { offers } = SQUIDS[name];
  await startDaemon(`squid-${name}`, ['squid', '-N', '-n', `tb${name}`, '-f', config], {
    env: { KRB5_CONFIG: FILES.krb5 },
    ready: offers.map((offer) => `127.0.0.1:${squidPort(name, 'http', offer)}`),
  });
}

/** ntlm_auth's SPNEGO helper takes Kerberos only as a member server with a keytab and folders of its own. */
async function prepareMember(folder: string): Promise<void> {
  for (const name of MEMBER_FOLDERS) await mkdir(`${folder}/${name}`, { recursive: true });
  await writeFile(
    SPNEGO_CONF,
    `[global]
  netbios name = PROXY
  realm = ${REALM}
  workgroup = ${DOMAIN}
  security = ads
  server role = member server
  private dir = ${folder}/private
  state directory = ${folder}/state
  lock directory = ${folder}/lock
  cache directory = ${folder}/cache
  kerberos method = dedicated keytab
  dedicated keytab file = ${FILES.proxyKeytab}
`,
  );
}
