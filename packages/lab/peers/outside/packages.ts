import { execFile, spawn } from 'node:child_process';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What the peers need from Debian. libssl3 is named so that it is upgraded together with Apache's module. */
const PACKAGES = [
  ...['squid-openssl', 'samba', 'winbind', 'samba-ad-provision', 'samba-dsdb-modules', 'samba-vfs-modules'],
  ...['smbclient', 'python3-samba', 'krb5-user', 'apache2', 'apache2-utils', 'libapache2-mod-auth-gssapi'],
  ...['gss-ntlmssp', 'python3-gssapi', 'dante-server', 'microsocks', 'mitmproxy', 'dnsmasq-base', 'udhcpc'],
  ...['dconf-cli', 'dconf-service', 'dconf-gsettings-backend', 'libglib2.0-bin', 'gsettings-desktop-schemas'],
  ...['dbus-daemon', 'libssl3', 'openssl', 'curl', 'iproute2', 'util-linux', 'tar', 'chromium'],
];

/** Asked by package scripts before they start a service; 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs what the peers need, where that can be done.
 *
 * @returns why the peers cannot run on this machine, in one line; undefined when they can.
 */
export async function prepareMachine(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `the peers need Linux; this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'the peers need root, for namespaces and ports below 1024';
  const absent = await absentPackages();
  if (absent.length > 0) {
    if (!(await isDebian())) return `these Debian packages are missing, and this is no Debian: ${absent.join(' ')}`;
    process.stdout.write(`installing ${absent.length} packages: ${absent.join(' ')}\n`);
    const failure = await install(absent);
    if (failure) return failure;
  }
  const namespaces = await execute('unshare', ['--mount', '--net', '--pid', '--fork', 'true']).catch(
    (error: Error & { stderr?: string }) => error.stderr?.trim() || error.message,
  );
  return typeof namespaces === 'string' ? `the peers need namespaces of their own: ${namespaces}` : undefined;
}

async function absentPackages(): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg-query's.
  const format = '${binary:Package} ${db:Status-Status}\n';
  // dpkg-query fails when it does not know one of them, and still lists the others.
  const { stdout } = await execute('dpkg-query', ['--show', `--showformat=${format}`, ...PACKAGES]).catch(
    (error: Error & { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(/[ :]/, 1)[0]!),
  );
  return PACKAGES.filter((name) => !installed.has(name));
}

async function isDebian(): Promise<boolean> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(text);
}

/**
 * Installs packages without starting their services: in a mount namespace in which the policy forbids it, so that the
 * machine's own policy stays as it is, and in a pid namespace that ends whatever a package starts all the same.
 */
async function install(packages: readonly string[]): Promise<string | undefined> {
  const placeholder = await access(POLICY).then(
    () => false,
    () => true,
  );
  // There has to be something to mount over; a file that is not executable says nothing.
  if (placeholder) await writeFile(POLICY, '', { mode: 0o644 });
  try {
    const script = `
      set -e
      guard=$(mktemp)
      printf '#!/bin/sh\\nexit 101\\n' > "$guard"
      chmod 755 "$guard"
      mount --bind "$guard" ${POLICY}
      rm "$guard"
      apt-get update -q
      apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"`;
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const code = await show('unshare', [...namespaces, 'sh', '-c', script, 'sh', ...packages]);
    return code === 0 ? undefined : `apt-get could not install ${packages.join(' ')} (status ${code})`;
  } finally {
    if (placeholder) await rm(POLICY, { force: true });
  }
}

/** Runs a program with its output on standard error and gives its exit code. */
function show(program: string, args: readonly string[]): Promise<number> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn(program, args, { stdio: ['ignore', 2, 2], env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
