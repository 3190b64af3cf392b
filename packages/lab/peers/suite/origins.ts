import { PORTS } from '../testbed/layout.js';
import { apacheRequests } from './logs/apache.js';
import type { RequestLog } from './logs/request-log.js';
import { squidRequests } from './logs/squid.js';
import type { Asks } from './proxies.js';

/** A server to reach. */
export interface OriginPeer {
  readonly name: string;
  readonly daemon: string;
  /** Where requests go; a query is added. */
  readonly url: string;
  readonly asks: Asks;
  /** The protocol that a request comes to be sent with. */
  readonly protocol: 'http/1.1' | 'h2';
  /** Whether HTTP/2 is offered, whatever a scheme makes of it. */
  readonly offersH2: boolean;
  readonly log: RequestLog;
  readonly port: number;
  /** Schemes that it offers besides, and that these rows are not about. */
  readonly leaves?: readonly string[];
  /** Whether a sign-in holds for one request only, which a client learns by being asked again. */
  readonly everyRequest?: boolean;
}

const SITES = [
  { label: 'http', root: `http://web.test:${PORTS.apacheHttp}`, port: PORTS.apacheHttp, protocol: 'http/1.1' },
  { label: 'https', root: `https://web.test:${PORTS.apacheHttps}`, port: PORTS.apacheHttps, protocol: 'http/1.1' },
  { label: 'h2', root: `https://web.test:${PORTS.apacheH2}`, port: PORTS.apacheH2, protocol: 'h2' },
] as const;

const FOLDERS: readonly { readonly folder: string; readonly asks: Asks }[] = [
  { folder: 'none', asks: 'none' },
  { folder: 'basic', asks: 'basic' },
  { folder: 'digest', asks: 'digest' },
  { folder: 'kerberos', asks: 'negotiate' },
  { folder: 'ntlm', asks: 'ntlm' },
];

const apache = apacheRequests();
const squid = squidRequests('main');

/** Every origin of the testbed. */
export const ORIGINS: readonly OriginPeer[] = [
  ...SITES.flatMap(({ label, root, port, protocol }) =>
    FOLDERS.map(
      ({ folder, asks }): OriginPeer => ({
        name: `Apache, ${folder}, by ${label}`,
        daemon: 'apache',
        url: `${root}/${folder}/`,
        asks,
        // A sign-in that holds for a connection cannot share it.
        protocol: asks === 'ntlm' || asks === 'negotiate' ? 'http/1.1' : protocol,
        ...(asks === 'negotiate' && { everyRequest: true }),
        // mod_auth_gssapi offers Negotiate for every mechanism that it takes.
        ...(asks === 'ntlm' && { leaves: ['negotiate'] }),
        offersH2: protocol === 'h2',
        log: apache,
        port,
      }),
    ),
  ),
  ntlmOrigin('http', PORTS.ntlmOriginHttp),
  ntlmOrigin('https', PORTS.ntlmOriginHttps),
];

function ntlmOrigin(protocol: 'http' | 'https', port: number): OriginPeer {
  const url = `${protocol}://web.test:${port}/none/`;
  const name = `Squid as origin, ntlm, by ${protocol}`;
  return { name, daemon: 'squid-main', url, asks: 'ntlm', protocol: 'http/1.1', offersH2: false, log: squid, port };
}

/** The origin of this name. */
export function origin(name: string): OriginPeer {
  const found = ORIGINS.find((peer) => peer.name === name);
  if (!found) throw new Error(`no origin "${name}"`);
  return found;
}
