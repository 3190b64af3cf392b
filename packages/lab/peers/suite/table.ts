import { whyPending } from './capabilities.js';
import { ORIGINS, type OriginPeer, origin } from './origins.js';
import { type Asks, PROXIES, type ProxyPeer } from './proxies.js';

export const WORKS = ['GET', 'POST 100 kB', '50 parallel'] as const;
export type Work = (typeof WORKS)[number];

export const CREDENTIALS = ['right', 'wrong', 'missing'] as const;
export type Credentials = (typeof CREDENTIALS)[number];

/** One row of the suite: a way to an origin, what is done there, and with which credentials. */
export interface Row {
  readonly name: string;
  readonly proxy: ProxyPeer | undefined;
  readonly origin: OriginPeer;
  readonly work: Work;
  readonly credentials: Credentials;
  /** What is missing for the row to run. */
  readonly pending: string | undefined;
}

const PLAIN_ORIGINS = ['http', 'https', 'h2'].map((label) => origin(`Apache, none, by ${label}`));

/** Proxies and origins that both ask; each scheme meets another one over each protocol. */
const BOTH_ASK: readonly (readonly [proxy: string, origin: string])[] = [
  ['Squid, basic, by http', 'Apache, digest, by http'],
  ['Squid, basic, by https', 'Apache, digest, by h2'],
  ['Squid, digest, by http', 'Apache, basic, by http'],
  ['Squid, digest, by https', 'Apache, digest, by https'],
  ['Squid, ntlm, by http', 'Apache, basic, by h2'],
  ['Squid, ntlm, by https', 'Apache, ntlm, by https'],
  ['Squid, negotiate, by http', 'Apache, kerberos, by h2'],
  ['Squid, negotiate, by https', 'Squid as origin, ntlm, by https'],
  ['strict Squid, digest, by http', 'Apache, digest, by http'],
  ['strict Squid, ntlm, by http', 'Apache, ntlm, by https'],
  ['inspecting Squid, basic, by http', 'Apache, digest, by https'],
  ['inspecting Squid, ntlm, by http', 'Apache, basic, by https'],
  ['mitmproxy', 'Apache, basic, by https'],
];

type Way = readonly [proxy: ProxyPeer | undefined, origin: OriginPeer];

const WAYS: readonly Way[] = [
  ...PROXIES.flatMap((proxy) => PLAIN_ORIGINS.map((plain): Way => [proxy, plain])),
  ...ORIGINS.map((peer): Way => [undefined, peer]),
  ...BOTH_ASK.map(([proxy, peer]): Way => [PROXIES.find(({ name }) => name === proxy)!, origin(peer)]),
].filter(([proxy, { protocol }]) => !(proxy?.daemon === 'squid-inspecting' && protocol === 'h2'));

/** All rows. */
export const ROWS: readonly Row[] = WAYS.flatMap(([proxy, peer]) =>
  WORKS.flatMap((work) =>
    CREDENTIALS.filter((credentials) => credentials === 'right' || asksOf(proxy, peer).length > 0).map(
      (credentials): Row => ({
        name: `${proxy?.name ?? 'direct'} › ${peer.name} › ${work} › ${credentials} credentials`,
        proxy,
        origin: peer,
        work,
        credentials,
        pending: asksOf(proxy, peer)
          .filter((asks) => asks !== 'socks')
          .map(whyPending)
          .find((reason) => reason !== undefined),
      }),
    ),
  ),
);

function asksOf(proxy: ProxyPeer | undefined, peer: OriginPeer): Exclude<Asks, 'none'>[] {
  return [proxy?.asks ?? 'none', peer.asks].filter((asks) => asks !== 'none');
}
