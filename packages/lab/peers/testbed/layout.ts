/** Where everything is, as seen inside the testbed. */
import { join } from 'node:path';

/** A tmpfs that lives as long as the testbed. */
const RUN = '/run/peers';

/** A path in the testbed's folder. */
export const at = (...names: string[]) => join(RUN, ...names);

/** What is worth keeping between two starts; a folder of the state directory outside. */
export const CACHE = at('cache');

/** The peers' logs; a folder of the state directory outside. */
export const LOGS = at('log');

/** Why a peer ended, one file per peer that did. */
export const ENDED = at('ended');

/** Host names, one line each: with several names on a line a resolver gives the first as the canonical one. */
export const HOSTS = {
  'proxy.test': '127.0.0.1',
  'web.test': '127.0.0.1',
  'dc1.corp.test': '127.0.0.10',
} as const;

export const REALM = 'CORP.TEST';
export const DOMAIN = 'CORP';

/** Who signs in where. Two people, so that a password that turns up at the wrong place is seen. */
export const PEOPLE = {
  proxy: { username: 'alice', password: 'Wonder-Land1' },
  origin: { username: 'bob', password: 'Builder-Can2' },
} as const;

/** Realms of Basic and Digest. */
export const REALMS = { squid: 'Squid', apache: 'Apache' } as const;

/** Sign-in that a port of Squid offers; `all` are the four others in descending strength. */
export const SQUID_OFFERS = ['none', 'basic', 'digest', 'ntlm', 'negotiate', 'all'] as const;
export type SquidOffer = (typeof SQUID_OFFERS)[number];

/**
 * Instances of Squid. `strict` closes after its first 407 and lets a nonce serve three requests; `spnego` takes NTLM
 * inside Negotiate; `inspecting` decrypts tunnels with a CA of its own.
 */
export const SQUIDS = {
  main: { port: 3128, offers: SQUID_OFFERS },
  strict: { port: 3228, offers: ['basic', 'digest', 'ntlm', 'negotiate'] },
  spnego: { port: 3328, offers: ['negotiate'] },
  inspecting: { port: 3428, offers: ['none', 'basic', 'ntlm'] },
} as const satisfies Record<string, { port: number; offers: readonly SquidOffer[] }>;
export type SquidName = keyof typeof SQUIDS;

/** The port of an instance of Squid that offers this sign-in, reached by http or by https. */
export function squidPort(name: SquidName, protocol: 'http' | 'https', offer: SquidOffer): number {
  return SQUIDS[name].port + SQUID_OFFERS.indexOf(offer) + (protocol === 'https' ? 50 : 0);
}

export const PORTS = {
  /** The application behind Apache: answers with what it received. */
  echo: 9000,
  apacheHttp: 8080,
  apacheHttps: 8443,
  apacheH2: 8444,
  /** Squid as an origin that asks for NTLM, in front of Apache. */
  ntlmOriginHttp: 3085,
  ntlmOriginHttps: 3086,
  bindingAcceptor: 8445,
  dante: 1080,
  microsocks: 1081,
  microsocksPassword: 1082,
  mitmproxy: 8090,
  mitmproxyPassword: 8091,
} as const;

/** Files that servers and clients read. */
export const FILES = {
  krb5: at('krb5.conf'),
  ca: at('tls', 'ca.pem'),
  inspectingCa: at('tls', 'inspecting-ca.pem'),
  mitmproxyCa: at('mitmproxy', 'mitmproxy-ca-cert.pem'),
  proxyKeytab: at('proxy.keytab'),
  webKeytab: at('web.keytab'),
  smbConf: at('ad', 'smb.conf'),
} as const;
