import { readFileSync } from 'node:fs';
import { gssapiProvider, type NegotiateOptions, negotiate } from '@netloom/auth-kerberos';
import { ntlmMechanism } from '@netloom/auth-ntlm';
import { type AuthContext, type ConnectionScheme, isNetError } from '@netloom/contracts';
import { type Client, type ClientOptions, createClient } from '@netloom/core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../testbed/daemons.js';
import { at, FILES, PEOPLE, PORTS, REALM, squidPort } from '../testbed/layout.js';
import { withPeers } from './daemons.js';
import { CONNECTIONS } from './economy.js';
import { apacheRequests } from './logs/apache.js';
import type { LoggedRequest } from './logs/request-log.js';
import { squidRequests } from './logs/squid.js';

const PLAIN = `http://web.test:${PORTS.apacheHttp}`;
const SECURE = `https://web.test:${PORTS.apacheHttps}`;
const H2 = `https://web.test:${PORTS.apacheH2}`;
const ACCEPTOR = `https://web.test:${PORTS.bindingAcceptor}/`;
const SQUID = `http://proxy.test:${squidPort('main', 'http', 'negotiate')}`;
const SQUID_TLS = `https://proxy.test:${squidPort('main', 'https', 'negotiate')}`;
const SPNEGO_SQUID = `http://proxy.test:${squidPort('spnego', 'http', 'negotiate')}`;
const PEERS = ['squid-main', 'squid-spnego', 'samba', 'apache', 'acceptor'];

/** Tickets of the person who is logged in. */
const TICKETS = `FILE:${at('kerberos-test.ccache')}`;
const KEYTAB = at('kerberos-test.keytab');
const ca = readFileSync(FILES.ca);

/** A client of the logged-in person, who may use the tickets everywhere in the testbed. */
function clientOf(options: NegotiateOptions = {}, more: ClientOptions = {}): Client {
  const credentials = { kind: 'ccache', ccache: TICKETS } as const;
  return createClient({
    auth: [negotiate({ credentials, ...options })],
    ambientAllowlist: '*.test',
    limits: { perOrigin: CONNECTIONS },
    tls: { ca },
    proxyTls: { ca },
    ...more,
  });
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

async function get(client: Client, url: string): Promise<Answered> {
  const { statusCode, body } = await client.request(url);
  return { status: statusCode, text: await body.text() };
}

/** Does work with a client, and gives the requests that a peer logged meanwhile. */
async function logged(
  log: ReturnType<typeof apacheRequests>,
  client: Client,
  work: (client: Client) => Promise<void>,
): Promise<LoggedRequest[]> {
  await log.mark();
  try {
    await work(client);
  } finally {
    await client.close();
  }
  await log.flush();
  return log.read();
}

const connections = (requests: readonly LoggedRequest[]) => new Set(requests.map(({ connection }) => connection)).size;
const statuses = (requests: readonly LoggedRequest[]) => requests.map(({ status }) => status);
const tokens = (requests: readonly LoggedRequest[]) =>
  requests.filter(({ authorization, proxyAuthorization }) => authorization ?? proxyAuthorization).length;

beforeAll(async () => {
  const { username, password } = PEOPLE.proxy;
  const principal = `${username}@${REALM}`;
  await run('sh', ['-c', `echo '${password}' | kinit -c ${TICKETS} ${principal}`], { KRB5_CONFIG: FILES.krb5 });
  const salt = `${REALM}${username}`;
  const entry = `addent -password -p ${principal} -k 1 -e aes256-cts-hmac-sha1-96 -s ${salt}`;
  await run('sh', ['-c', `printf '%s\\n%s\\nwkt ${KEYTAB}\\n' '${entry}' '${password}' | ktutil`]);
});

describe('Kerberos at Squid', () => {
  it.each([
    ['absolute form', SQUID, `${PLAIN}/none/`],
    ['absolute form by TLS', SQUID_TLS, `${PLAIN}/none/`],
    ['CONNECT', SQUID, `${SECURE}/none/`],
    ['CONNECT by TLS', SQUID_TLS, `${SECURE}/none/`],
  ])('%s: one refusal, one token, one connection', (_, proxy, url) =>
    withPeers(PEERS, async () => {
      const requests = await logged(squidRequests('main'), clientOf({}, { proxy }), async (client) => {
        expect((await get(client, url)).status).toBe(200);
        expect((await get(client, url)).status).toBe(200);
      });
      const own = requests.filter(({ method }) => url.startsWith('http:') || method === 'CONNECT');
      // Sign-in holds for the connection: what follows needs no token.
      expect(statuses(own)).toEqual(url.startsWith('http:') ? [407, 200, 200] : [407, 200]);
      expect([connections(own), tokens(own)]).toEqual([1, 1]);
    }),
  );

  it('500 requests at a time share six connections, each of which is signed in once', () =>
    withPeers(PEERS, async () => {
      const log = squidRequests('main');
      const requests = await logged(log, clientOf({}, { proxy: SQUID }), async (client) => {
        const all = await Promise.all(Array.from({ length: 500 }, (_, n) => get(client, `${PLAIN}/none/?${n}`)));
        expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
      });
      expect(requests.filter(({ status }) => status === 200)).toHaveLength(500);
      expect(connections(requests)).toBeLessThanOrEqual(CONNECTIONS);
      expect(tokens(requests)).toBe(connections(requests));
    }));
});

describe("Samba's gss-spnego helper behind Squid", () => {
  const signIns: [string, NegotiateOptions, ClientOptions, number][] = [
    ['Kerberos', {}, {}, 2],
    ['NTLM in SPNEGO', { providers: ['managed'], ntlm: ntlmMechanism() }, password(), 3],
    ['raw NTLM', { providers: ['managed'], ntlm: ntlmMechanism(), bareNtlm: true }, password(), 3],
  ];
  it.each(signIns)('%s', (_, options, more, rounds) =>
    withPeers(PEERS, async () => {
      const client = clientOf(options, { proxy: SPNEGO_SQUID, ...more });
      const requests = await logged(squidRequests('spnego'), client, async () => {
        expect((await get(client, `${PLAIN}/none/`)).status).toBe(200);
      });
      expect([requests.length, connections(requests)]).toEqual([rounds, 1]);
    }),
  );
});

describe('Kerberos at Apache', () => {
  it.each([
    ['http', `${PLAIN}/kerberos/`, 1],
    ['https', `${SECURE}/kerberos/`, 1],
    // The refusal came by HTTP/2.
    ['h2, which becomes HTTP/1.1', `${H2}/kerberos/`, 2],
  ])('%s: the server proves itself', (_, url, expected) =>
    withPeers(PEERS, async () => {
      const client = clientOf({ requireMutual: ['server'] });
      const requests = await logged(apacheRequests(), client, async () => {
        const { status, text } = await get(client, url);
        expect(status).toBe(200);
        expect((JSON.parse(text) as { headers: Record<string, string> }).headers['x-remote-user']).toMatch(/^alice/);
      });
      expect(statuses(requests)).toEqual([401, 200]);
      expect(connections(requests)).toBe(expected);
    }),
  );

  it('a proxy that does not prove itself is refused where that is demanded', () =>
    withPeers(PEERS, async () => {
      const client = clientOf({ requireMutual: ['proxy'] }, { proxy: SQUID });
      await expect(get(client, `${PLAIN}/none/`)).rejects.toSatisfy(isNetError);
      await client.close();
    }));

  it.each<[string, NegotiateOptions, ClientOptions]>([
    [
      'a keytab',
      { credentials: { kind: 'keytab', principal: `${PEOPLE.proxy.username}@${REALM}`, keytab: KEYTAB } },
      {},
    ],
    ['a password', { credentials: undefined }, { ambientAllowlist: '', ...password() }],
    ['isolation in a process', { providers: [gssapiProvider({ isolation: 'process' })] }, {}],
    [
      'a password and isolation in a process',
      { credentials: undefined, providers: [gssapiProvider({ isolation: 'process' })] },
      { ambientAllowlist: '', ...password() },
    ],
  ])('with %s', (name, options, more) =>
    withPeers(PEERS, async () => {
      const requests = await logged(apacheRequests(), clientOf(options, more), async (client) => {
        for (let n = 0; n < 4; n++) expect((await get(client, `${PLAIN}/kerberos/?${name}`)).status).toBe(200);
      });
      // Apache asks on a signed-in connection again; from then on each request carries its token.
      const own = requests.filter(({ target }) => target.endsWith(encodeURI(name)));
      expect(statuses(own).sort()).toEqual([200, 200, 200, 200, 401, 401]);
      expect([connections(own), tokens(own)]).toEqual([1, 4]);
    }),
  );
});

describe('channel bindings', () => {
  const bound = async (client: Client) => {
    const { status, text } = await get(client, ACCEPTOR).finally(() => client.close());
    return [status, (JSON.parse(text) as { bound?: boolean }).bound];
  };

  it('the right one', () => withPeers(PEERS, async () => expect(await bound(clientOf())).toEqual([200, true])));

  it('none', () =>
    withPeers(PEERS, async () => expect(await bound(clientOf({ channelBinding: 'never' }))).toEqual([200, false])));

  it('that of another channel is refused', () =>
    withPeers(PEERS, async () => {
      const applicationData = Buffer.from(`tls-server-end-point:${'x'.repeat(32)}`);
      const channelBinding = { type: 'tls-server-end-point', applicationData } as const;
      const scheme = negotiate({ credentials: { kind: 'ccache', ccache: TICKETS } });
      const start = (context: AuthContext) => scheme.start({ ...context, channelBinding });
      const elsewhere: ConnectionScheme = { ...scheme, start };
      expect(await bound(clientOf({}, { auth: [elsewhere] }))).toEqual([403, undefined]);
    }));
});

describe('what goes wrong is said, and no token is sent', () => {
  const expired = `FILE:${at('kerberos-expired.ccache')}`;
  beforeAll(async () => {
    const { username, password } = PEOPLE.proxy;
    const kinit = `echo '${password}' | kinit -l 1s -c ${expired} ${username}@${REALM}`;
    await run('sh', ['-c', kinit], { KRB5_CONFIG: FILES.krb5 });
    await vi.waitUntil(
      () =>
        run('klist', ['-s', '-c', expired]).then(
          () => false,
          () => true,
        ),
      { timeout: 10_000, interval: 200 },
    );
  });

  // Another identity may have a ticket; another service or library it does not bring.
  const [IDENTITY, SCHEME] = ['ERR_PROXY_AUTH_REQUESTED', 'ERR_PROXY_AUTH_UNSUPPORTED'];
  const cases: [string, NegotiateOptions, string, RegExp][] = [
    ['an expired ticket', { credentials: { kind: 'ccache', ccache: expired } }, IDENTITY, /expired.*kinit/],
    [
      'no ticket',
      { credentials: { kind: 'ccache', ccache: 'FILE:/nonexistent' } },
      IDENTITY,
      /no ticket|holds no ticket/,
    ],
    ['an unknown service', { spn: () => 'HTTP/nobody.test' }, SCHEME, /knows no service HTTP.nobody\.test/],
    ['no library', { providers: [gssapiProvider({ library: 'libnone.so' })] }, SCHEME, /libnone\.so/],
  ];
  it.each(cases)('%s', (_, options, code, reason) =>
    withPeers(PEERS, async () => {
      const client = clientOf(options, { proxy: SQUID });
      const requests = await logged(squidRequests('main'), client, async () => {
        const error = await get(client, `${SECURE}/none/`).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(isNetError(error) && error.code).toBe(code);
        expect(String(error)).toMatch(reason);
      });
      expect(tokens(requests.filter(({ method }) => method === 'CONNECT'))).toBe(0);
    }),
  );
});

function password(): ClientOptions {
  return { credentials: async ({ attempt }) => (attempt === 1 ? PEOPLE.proxy : undefined) };
}
