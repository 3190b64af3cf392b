import { FILES, PORTS, SQUIDS, type SquidName, type SquidOffer, squidPort } from '../testbed/layout.js';
import { availableSchemes, type SchemeName } from './capabilities.js';
import { mitmproxyRequests } from './logs/mitmproxy.js';
import type { RequestLog } from './logs/request-log.js';
import { danteRequests, microsocksRequests } from './logs/socks.js';
import { squidRequests } from './logs/squid.js';

/** Sign-in that a peer asks for; `socks` is user and password in the SOCKS handshake. */
export type Asks = SchemeName | 'none' | 'socks';

/** A proxy to go through. */
export interface ProxyPeer {
  readonly name: string;
  /** The daemon behind it, as its log is called. */
  readonly daemon: string;
  readonly url: string;
  readonly asks: Asks;
  readonly log: RequestLog;
  /** The port by which its log tells it from others of the same daemon; 0 where the log is its own. */
  readonly port: number;
  /** Where it closes the connection with its first 407. */
  readonly closesFirst?: 'always' | 'tunnels';
  /** Whether its nonces serve few requests, so that each request may meet a stale one. */
  readonly shortNonces?: boolean;
  /** The CA by which it opens TLS to origins. */
  readonly inspectsWith?: string;
  /** Whether credentials are part of its URL. */
  readonly credentialsInUrl?: boolean;
}

const LABELS: Record<SquidName, string> = {
  main: 'Squid',
  strict: 'strict Squid',
  spnego: 'Squid with SPNEGO',
  inspecting: 'inspecting Squid',
};

/** Every proxy of the testbed. */
export const PROXIES: readonly ProxyPeer[] = [
  ...(Object.keys(SQUIDS) as SquidName[]).flatMap(squids),
  socks('dante', PORTS.dante, 'socks4', 'SOCKS4'),
  socks('dante', PORTS.dante, 'socks5', 'SOCKS5'),
  socks('dante', PORTS.dante, 'socks5h', 'SOCKS5, names by proxy'),
  socks('microsocks', PORTS.microsocks, 'socks5h', 'SOCKS5, names by proxy'),
  {
    ...socks('microsocks-password', PORTS.microsocksPassword, 'socks5h', 'password'),
    asks: 'socks',
    credentialsInUrl: true,
  },
  mitmproxy('mitmproxy', PORTS.mitmproxy, {}),
  // After its 407 to a CONNECT the connection is dead.
  mitmproxy('mitmproxy-password', PORTS.mitmproxyPassword, {
    asks: 'basic',
    credentialsInUrl: true,
    closesFirst: 'tunnels',
  }),
];

function squids(name: SquidName): ProxyPeer[] {
  const log = squidRequests(name);
  const protocols = name === 'inspecting' ? (['http'] as const) : (['http', 'https'] as const);
  return SQUIDS[name].offers.flatMap((offer: SquidOffer) =>
    protocols.map((protocol): ProxyPeer => {
      const port = squidPort(name, protocol, offer);
      return {
        name: `${LABELS[name]}, ${offer}, by ${protocol}`,
        daemon: `squid-${name}`,
        url: `${protocol}://proxy.test:${port}`,
        asks: offer === 'all' ? strongest() : offer,
        log,
        port,
        ...(name === 'strict' && { shortNonces: true }),
        ...(name === 'strict' && (offer === 'ntlm' || offer === 'negotiate') && { closesFirst: 'always' }),
        ...(name === 'inspecting' && { inspectsWith: FILES.inspectingCa }),
      };
    }),
  );
}

/** What a client picks when it is offered everything. */
function strongest(): SchemeName {
  return availableSchemes()[0]!.name as SchemeName;
}

function socks(daemon: string, port: number, scheme: string, label: string): ProxyPeer {
  const log = daemon === 'dante' ? danteRequests() : microsocksRequests(daemon);
  return { name: `${daemon}, ${label}`, daemon, url: `${scheme}://127.0.0.1:${port}`, asks: 'none', log, port: 0 };
}

function mitmproxy(daemon: string, port: number, rest: Partial<ProxyPeer>): ProxyPeer {
  return {
    name: daemon,
    daemon,
    url: `http://proxy.test:${port}`,
    asks: 'none',
    log: mitmproxyRequests(daemon),
    port: 0,
    inspectsWith: FILES.mitmproxyCa,
    ...rest,
  };
}
