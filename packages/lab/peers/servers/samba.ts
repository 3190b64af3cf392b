import { createHash } from 'node:crypto';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, startDaemon } from '../testbed/daemons.js';
import { at, CACHE, DOMAIN, FILES, HOSTS, PEOPLE, REALM } from '../testbed/layout.js';

const ADDRESS = HOSTS['dc1.corp.test'];
const AD = at('ad');
const FOLDERS = ['private', 'state', 'lock', 'cache', 'pid', 'ncalrpc', 'binddns', 'sysvol', 'netlogon'];

const SMB_CONF = `[global]
  netbios name = DC1
  realm = ${REALM}
  workgroup = ${DOMAIN}
  server role = active directory domain controller
  server services = s3fs, rpc, ldap, cldap, kdc, winbindd
  interfaces = ${ADDRESS}/8
  bind interfaces only = Yes
  private dir = ${AD}/private
  state directory = ${AD}/state
  lock directory = ${AD}/lock
  cache directory = ${AD}/cache
  pid directory = ${AD}/pid
  ncalrpc dir = ${AD}/ncalrpc
  binddns dir = ${AD}/binddns
  log file = ${AD}/log.%m
  ntlm auth = ntlmv2-only
  tls enabled = no
  vfs objects = dfs_samba4 acl_xattr
[sysvol]
  path = ${AD}/sysvol
  read only = No
[netlogon]
  path = ${AD}/netlogon
  read only = No
`;

const KRB5_CONF = `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${REALM} = {
    kdc = ${ADDRESS}
  }
[domain_realm]
  .test = ${REALM}
`;

/** What decides over the content of the directory; a kept one made from anything else is not used. */
const ACCOUNTS = {
  users: Object.values(PEOPLE),
  services: [
    { name: 'svc-proxy', principal: 'HTTP/proxy.test', keytab: FILES.proxyKeytab },
    { name: 'svc-web', principal: 'HTTP/web.test', keytab: FILES.webKeytab },
  ],
};

/**
 * Starts the domain controller: KDC and NTLMv2 validator. Making a domain takes seconds, so a fresh one is kept as an
 * archive; the controller always works on a copy, on a tmpfs, which has the attributes and ACLs that Samba needs.
 */
export async function startSamba(): Promise<void> {
  await writeFile(FILES.krb5, KRB5_CONF);
  await provision();
  // ntlm_auth, as the user of Squid and Apache, reaches the validator through this folder.
  await mkdir(`${AD}/state/winbindd_privileged`, { mode: 0o750, recursive: true });
  await run('chgrp', ['winbindd_priv', `${AD}/state/winbindd_privileged`]);
  await startDaemon(
    'samba',
    ['samba', '--foreground', '--no-process-group', '--debug-stdout', `--configfile=${FILES.smbConf}`],
    {
      env: { KRB5_CONFIG: FILES.krb5 },
      ready: [`${ADDRESS}:88`, `${ADDRESS}:445`],
      check: validatorAnswers,
    },
  );
}

async function provision(): Promise<void> {
  const script = fileURLToPath(new URL('samba_accounts.py', import.meta.url));
  const version = await run('samba', ['--version']);
  const inputs = JSON.stringify([version, SMB_CONF, ACCOUNTS]);
  const kept = join(CACHE, `domain-${createHash('sha256').update(inputs).digest('hex').slice(0, 16)}.tar`);
  const attributes = ['--acls', '--xattrs', '--xattrs-include=*'];
  const isKept = await access(kept).then(
    () => true,
    () => false,
  );
  if (isKept) {
    await run('tar', [...attributes, '-xf', kept, '-C', at()]);
    return;
  }

  for (const name of FOLDERS) await mkdir(join(AD, name), { recursive: true });
  await writeFile(FILES.smbConf, SMB_CONF);
  await run('samba-tool', [
    ...['domain', 'provision', `--configfile=${FILES.smbConf}`, `--realm=${REALM}`, `--domain=${DOMAIN}`],
    ...['--server-role=dc', '--dns-backend=NONE', '--host-name=dc1', `--host-ip=${ADDRESS}`, '--adminpass=Adm1n-Pass!'],
  ]);
  // Provisioning rewrites the configuration.
  await writeFile(FILES.smbConf, SMB_CONF);
  await run('/usr/bin/python3', [script, FILES.smbConf, JSON.stringify(ACCOUNTS)]);
  const keytabs = ACCOUNTS.services.map(({ keytab }) => keytab.slice(at().length + 1));
  await run('tar', [...attributes, '-cf', `${kept}.part`, '-C', at(), 'ad', ...keytabs]);
  await rename(`${kept}.part`, kept);
}

async function validatorAnswers(): Promise<boolean> {
  const { username, password } = PEOPLE.proxy;
  return run('ntlm_auth', [
    ...[`--configfile=${FILES.smbConf}`, `--domain=${DOMAIN}`],
    ...[`--username=${username}`, `--password=${password}`],
  ]).then(
    () => true,
    () => false,
  );
}
