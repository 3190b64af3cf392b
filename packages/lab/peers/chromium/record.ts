import { createHash, type X509Certificate } from 'node:crypto';
import { run } from '../testbed/daemons.js';
import { Anywhere, type Contact } from './anywhere.js';
import { Browser, type NetLog } from './browser.js';
import type { Configuration, Decision, Recording } from './configuration.js';
import { isLocalhost, OPEN_PORTS, whereTo } from './network.js';

/**
 * Asks Chromium for its decisions. The caller has made the network, see `network-setup.ts`.
 *
 * @throws Error when what Chromium contacted is not the first of the proxies that it says it resolved.
 */
export async function record(configurations: readonly Configuration[]): Promise<Recording['configurations']> {
  const anywhere = await Anywhere.listen(OPEN_PORTS);
  try {
    const recorded: Recording['configurations'][number][] = [];
    const contradictions: string[] = [];
    for (const configuration of configurations) {
      const { id, urls: _, ...settings } = configuration;
      const made = await decisions(configuration, anywhere, contradictions);
      recorded.push({ id, ...settings, decisions: made });
    }
    if (contradictions.length > 0) throw new Error(contradictions.join('\n'));
    return recorded;
  } finally {
    anywhere.close();
  }
}

/** `156.0.1.2` of `Chromium 156.0.1.2 built on …`. */
export async function chromiumVersion(): Promise<string> {
  return /[\d.]+/.exec(await run('chromium', ['--version']))![0];
}

async function decisions(
  configuration: Configuration,
  anywhere: Anywhere,
  contradictions: string[],
): Promise<Decision[]> {
  const browser = await Browser.launch([
    ...switches(configuration),
    `--ignore-certificate-errors-spki-list=${fingerprint(anywhere.certificate)}`,
  ]);
  const visits: { url: string; error: string | undefined; contacts: Contact[] }[] = [];
  for (const url of configuration.urls) {
    anywhere.contacts.length = 0;
    const error = await browser.visit(url);
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    visits.push({ url, error, contacts: anywhere.contacts.filter((contact) => contact.host === host) });
  }
  const lists = resolvedLists(await browser.close());
  return visits.map(({ url, error, contacts }) => {
    const list = lists.get(key(url));
    const contradiction = contradictionOf(url, list, contacts);
    if (contradiction) contradictions.push(`${configuration.id}, ${url}: ${contradiction}`);
    const [first] = contacts;
    return first ? { url, list, contacted: describe(first) } : { url, list, error: error ?? 'no connection' };
  });
}

/** SHA-256 of a certificate's key: the only way to make Chromium accept an untrusted certificate of a proxy. */
function fingerprint({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

function switches(configuration: Configuration): string[] {
  if ('pac' in configuration) {
    return [`--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,${btoa(configuration.pac)}`];
  }
  const { rules, bypass } = configuration;
  return [`--proxy-server=${rules}`, ...(bypass === undefined ? [] : [`--proxy-bypass-list=${bypass}`])];
}

/** What Chromium contacted has to be the first of the proxies that it resolved. */
function contradictionOf(url: string, list: string | undefined, contacts: readonly Contact[]): string | undefined {
  if (contacts.length === 0) return undefined;
  const found = [...new Set(contacts.map(describe))].join(', ');
  // After a failed script it goes direct without saying so. SOCKS4 has no room for an IPv6 address.
  const usable = (list ?? 'DIRECT').split(';').find((entry) => !(isIpv6(url) && /^SOCKS4? /.test(entry)));
  const expected = usable && whereTo(usable, url);
  return found === expected ? undefined : `contacted ${found}, expected ${expected} (${list})`;
}

function isIpv6(url: string): boolean {
  return new URL(url).hostname.startsWith('[');
}

function describe({ use, address, port, host }: Contact): string {
  return `${use} ${use === 'direct' && isLocalhost(host) ? 'localhost' : address}:${port}`;
}

/** The proxies resolved for each URL. */
function resolvedLists({ constants, events }: NetLog): Map<string, string> {
  const { HTTP_STREAM_JOB_CONTROLLER: job, PROXY_RESOLUTION_SERVICE_RESOLVED_PROXY_LIST: resolved } =
    constants.logEventTypes;
  const urls = new Map<number, string>();
  const lists = new Map<string, string>();
  for (const { type, source, params } of events) {
    if (type === job && typeof params?.url === 'string') urls.set(source.id, key(params.url));
    const url = urls.get(source.id);
    if (type === resolved && url !== undefined && typeof params?.proxy_info === 'string')
      lists.set(url, params.proxy_info);
  }
  return lists;
}

/** A URL as it is in the net log, by which the two are brought together. */
function key(url: string): string {
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search}`;
}
