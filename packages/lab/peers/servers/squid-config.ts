import {
  at,
  FILES,
  LOGS,
  PORTS,
  REALM,
  REALMS,
  SQUIDS,
  type SquidName,
  type SquidOffer,
  squidPort,
} from '../testbed/layout.js';
import { TLS } from './certificates.js';
import { PASSWORDS } from './passwords.js';

type Scheme = Exclude<SquidOffer, 'none' | 'all'>;

const HELPERS: Record<Scheme, string> = {
  negotiate: `/usr/lib/squid/negotiate_kerberos_auth -k ${FILES.proxyKeytab} -s HTTP/proxy.test@${REALM}`,
  ntlm: `/usr/bin/ntlm_auth --configfile=${FILES.smbConf} --helper-protocol=squid-2.5-ntlmssp`,
  digest: `/usr/lib/squid/digest_file_auth -c ${PASSWORDS.squidDigest}`,
  basic: `/usr/lib/squid/basic_ncsa_auth ${PASSWORDS.squidBasic}`,
};

/** In descending strength, as `all` offers them. */
const SCHEMES: readonly Scheme[] = ['negotiate', 'ntlm', 'digest', 'basic'];

/** Takes NTLM inside Negotiate as well as Kerberos; runs as a domain member, which the folder is prepared for. */
export const SPNEGO_CONF = at('squid', 'spnego', 'smb.conf');
const SPNEGO_HELPER = `/usr/bin/ntlm_auth --configfile=${SPNEGO_CONF} --helper-protocol=gss-spnego`;

/** Where an instance of Squid logs one line per request: see `suite/logs/squid.ts`. */
export const squidLog = (name: SquidName) => `${LOGS}/squid-${name}.access`;

/** The configuration of an instance. */
export function squidConfig(name: SquidName): string {
  const offers: readonly SquidOffer[] = SQUIDS[name].offers;
  const schemes = SCHEMES.filter((scheme) => offers.includes(scheme) || offers.includes('all'));
  return [
    common(name),
    ...offers.flatMap((offer) => ports(name, offer)),
    ...schemes.map((scheme) => helper(name, scheme)),
    ...offers.filter((offer) => offer !== 'none').map((offer) => access(offer)),
    ...(name === 'main' ? [ntlmOrigin()] : []),
    ...(name === 'inspecting' ? [inspection()] : []),
    ...(offers.includes('none') ? ['http_access allow port_none'] : []),
    'acl signed_in proxy_auth REQUIRED',
    'http_access allow signed_in',
    'http_access deny all',
    '',
  ].join('\n');
}

function common(name: SquidName): string {
  const folder = at('squid', name);
  return `
visible_hostname proxy.test
pid_filename ${folder}/pid
coredump_dir ${folder}
logformat peers %ts.%03tu %>p %lp %>rm %>ru %>Hs %#{Proxy-Authorization}>h %#{Authorization}>h %tr
access_log stdio:${squidLog(name)} logformat=peers
strip_query_terms off
buffered_logs off
cache_log ${LOGS}/squid-${name}.cache
cache deny all
cache_effective_user proxy
cache_effective_group winbindd_priv
pinger_enable off
shutdown_lifetime 0 seconds
hosts_file /etc/hosts
max_filedescriptors 4096
tls_outgoing_options cafile=${FILES.ca}
acl sends_any req_header Proxy-Authorization .`;
}

function ports(name: SquidName, offer: SquidOffer): string[] {
  const bump =
    name === 'inspecting' ? ` ssl-bump generate-host-certificates=on tls-cert=${TLS.inspectingCaWithKey}` : '';
  const tls = `tls-cert=${TLS.proxy.cert} tls-key=${TLS.proxy.key}`;
  return [
    `http_port 127.0.0.1:${squidPort(name, 'http', offer)} name=${offer}${bump}`,
    // ssl-bump takes a port's certificate for its CA, so the inspecting instance has no TLS port.
    ...(bump ? [] : [`https_port 127.0.0.1:${squidPort(name, 'https', offer)} name=${offer}-tls ${tls}`]),
    `acl port_${offer} myportname ${offer} ${offer}-tls`,
  ];
}

function helper(name: SquidName, scheme: Scheme): string {
  const program = name === 'spnego' ? SPNEGO_HELPER : HELPERS[scheme];
  const connectionBound = scheme === 'ntlm' || scheme === 'negotiate';
  return [
    `auth_param ${scheme} program ${program}`,
    `auth_param ${scheme} children 16 startup=1 idle=1`,
    ...(connectionBound ? [] : [`auth_param ${scheme} realm ${REALMS.squid}`]),
    ...(name === 'strict' ? [`auth_param ${scheme} keep_alive off`] : []),
    ...(name === 'strict' && scheme === 'digest' ? ['auth_param digest nonce_max_count 3'] : []),
    `acl sends_${scheme} req_header Proxy-Authorization -i ^${scheme}`,
  ].join('\n');
}

/** auth_schemes rules only what a port offers; the rest is refused with 403. */
function access(offer: SquidOffer): string {
  const accepted = offer === 'all' ? SCHEMES : [offer];
  const others = offer === 'all' ? [] : [`http_access deny port_${offer} sends_any !sends_${offer}`];
  return [`auth_schemes ${accepted.join(',')} port_${offer}`, ...others].join('\n');
}

function ntlmOrigin(): string {
  const tls = `tls-cert=${TLS.web.cert} tls-key=${TLS.web.key}`;
  return `
http_port 127.0.0.1:${PORTS.ntlmOriginHttp} accel defaultsite=web.test:${PORTS.ntlmOriginHttp} name=origin
https_port 127.0.0.1:${PORTS.ntlmOriginHttps} accel defaultsite=web.test:${PORTS.ntlmOriginHttps} name=origin-tls ${tls}
acl port_origin myportname origin origin-tls
cache_peer 127.0.0.1 parent ${PORTS.apacheHttp} 0 no-query no-digest no-netdb-exchange originserver name=apache
cache_peer_access apache allow port_origin
cache_peer_access apache deny all
always_direct deny port_origin
always_direct allow all
never_direct allow port_origin
auth_schemes ntlm port_origin`;
}

function inspection(): string {
  const database = at('squid', 'inspecting', 'certificates');
  return `
sslcrtd_program /usr/lib/squid/security_file_certgen -s ${database} -M 4MB
sslcrtd_children 4 startup=1 idle=1
acl step1 at_step SslBump1
ssl_bump peek step1
ssl_bump bump all`;
}
