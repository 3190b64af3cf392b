import { at, LOGS, PORTS, REALMS } from '../testbed/layout.js';
import { TLS } from './certificates.js';
import { PASSWORDS } from './passwords.js';

const MODULES = [
  ...['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic', 'auth_digest', 'auth_gssapi'],
  ...['env', 'headers', 'setenvif', 'ssl', 'http2', 'proxy', 'proxy_http'],
];

/** Where Apache logs one line per request: see `suite/logs/apache.ts`. */
export const APACHE_LOG = `${LOGS}/apache.access`;

/** Folders of the origin that ask for sign-in. */
export const APACHE_OFFERS = {
  basic: `AuthType Basic
    AuthName "${REALMS.apache}"
    AuthBasicProvider file
    AuthUserFile ${PASSWORDS.apacheBasic}`,
  digest: digest(300),
  'digest-stale': digest(1),
  kerberos: gssapi(['krb5']),
  ntlm: gssapi(['ntlmssp']),
  negotiate: gssapi(['krb5', 'ntlmssp']),
} as const;

/** The configuration: three listeners with the same content, and one log line per request. */
export function apacheConfig(): string {
  const folders = Object.entries(APACHE_OFFERS).map(([name, auth]) => location(name, auth));
  return `ServerName web.test
PidFile ${at('apache', 'pid')}
DefaultRuntimeDir ${at('apache')}
Mutex file:${at('apache')}
${MODULES.map((name) => `LoadModule ${name}_module modules/mod_${name}.so`).join('\n')}
User www-data
Group winbindd_priv
ErrorLog ${LOGS}/apache.error
LogFormat "%{remote}p %{local}p %H %m %U%q %>s \\"%{Authorization}i\\" \\"%{Proxy-Authorization}i\\"" peers
CustomLog ${APACHE_LOG} peers
KeepAlive On
KeepAliveTimeout 60
MaxKeepAliveRequests 0
StartServers 1
Listen 127.0.0.1:${PORTS.apacheHttp}
Listen 127.0.0.1:${PORTS.apacheHttps}
Listen 127.0.0.1:${PORTS.apacheH2}
SSLCertificateFile ${TLS.web.cert}
SSLCertificateKeyFile ${TLS.web.key}
SSLSessionCache none
<VirtualHost *:${PORTS.apacheHttps}>
  SSLEngine on
  Protocols http/1.1
</VirtualHost>
<VirtualHost *:${PORTS.apacheH2}>
  SSLEngine on
  Protocols h2 http/1.1
</VirtualHost>
ProxyPass / http://127.0.0.1:${PORTS.echo}/ retry=0
${folders.join('\n')}
`;
}

function location(name: string, auth: string): string {
  return `<Location /${name}/>
    ${auth}
    Require valid-user
    RequestHeader set X-Remote-User expr=%{REMOTE_USER}
</Location>`;
}

function digest(nonceLifetimeSeconds: number): string {
  return `AuthType Digest
    AuthName "${REALMS.apache}"
    AuthDigestProvider file
    AuthUserFile ${PASSWORDS.apacheDigest}
    AuthDigestNonceLifetime ${nonceLifetimeSeconds}`;
}

/** GssapiConnectionBound makes a sign-in hold for the connection, which NTLM cannot do without. */
function gssapi(mechanisms: readonly string[]): string {
  return `AuthType GSSAPI
    AuthName "${REALMS.apache}"
    ${mechanisms.map((name) => `GssapiAllowedMech ${name}`).join('\n    ')}
    GssapiConnectionBound ${mechanisms.includes('ntlmssp') ? 'On' : 'Off'}`;
}
