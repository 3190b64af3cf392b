import { negotiate } from '@netloom/auth-kerberos';
import { ntlm, ntlmMechanism } from '@netloom/auth-ntlm';
import type { ClientOptions, RequestOptions } from '@netloom/core';
import { basicAuth, boundAuth, digestAuth, type Lab, type LabServer, negotiateAuth, ntlmAuth } from '@netloom/lab';
import { type ConfiguredProxyResolver, createProxyResolver } from '@netloom/proxy-resolver';

/** What a scenario needs and what has to come of it. */
export interface Stage {
  readonly url: string;
  /** Whose rounds and connections are shown. */
  readonly peer: LabServer;
  readonly client?: ClientOptions;
  /** Finds the client's proxies; closed at the end. */
  readonly resolver?: ConfiguredProxyResolver;
  readonly request?: RequestOptions;
  /** Requests at the same time; default 1. */
  readonly parallel?: number;
  /** How the request is made; default `client.request`. */
  readonly by?: 'fetch' | 'websocket';
  /** Status of the answer, or code of the error. */
  readonly expected: number | string;
  readonly protocol?: 'h2' | 'http/1.1';
  /** Connections that the peer may see. */
  readonly connections?: number;
}

/** One line of the tour. */
export interface Scenario {
  readonly name: string;
  /** The sign-in that is shown. */
  readonly scheme: string;
  readonly set: (lab: Lab) => Promise<Stage>;
}

const credentials = async () => ({ username: 'alice', password: 'wonderland' });

/** A way to an origin without any sign-in. */
const plain = (
  name: string,
  protocol: 'http' | 'https' | 'h2',
  proxy?: (lab: Lab) => Promise<LabServer & { url: string }>,
): Scenario => ({
  name,
  scheme: '-',
  set: async (lab) => {
    const origin = await lab.origin({ protocol });
    const server = await proxy?.(lab);
    const spoken = protocol === 'h2' ? 'h2' : 'http/1.1';
    return {
      url: `${origin.url}/echo`,
      peer: server ?? origin,
      client: { proxy: server?.url },
      expected: 200,
      protocol: spoken,
      connections: 1,
    };
  },
});

const socks = (name: string, scheme: string, user?: { username: string; password: string }): Scenario => ({
  name,
  scheme: user === undefined ? '-' : 'password',
  set: async (lab) => {
    const origin = await lab.origin({ protocol: 'h2' });
    const server = await lab.socks(user ?? {});
    const userInfo = user === undefined ? '' : `${user.username}:${user.password}@`;
    const proxy = `${scheme}://${userInfo}${server.host}:${server.port}`;
    return {
      url: `${origin.url}/echo`,
      peer: server,
      client: { proxy },
      expected: 200,
      protocol: 'h2',
      connections: 1,
    };
  },
});

/** Proxies that a PAC script names, as a company gives it out; hosts of the company are asked of its name server. */
const byScript = (name: string, list: (alive: string, dead: string) => string): Scenario => ({
  name,
  scheme: '-',
  set: async (lab) => {
    lab.dns.set('wiki.corp.test', ['127.0.0.1']).set('proxy.corp.test', ['127.0.0.1']);
    const origin = await lab.origin({ protocol: 'h2' });
    const server = await lab.proxy();
    const proxies = list(`PROXY proxy.corp.test:${server.port}`, `PROXY proxy.corp.test:${await lab.deadPort()}`);
    const { url } = await lab.pacServer({
      script: `function FindProxyForURL(url, host) {
        return isInNet(host, '127.0.0.0', '255.0.0.0') ? '${proxies}' : 'DIRECT';
      }`,
    });
    const resolver = createProxyResolver({ pacScript: url }, { hostResolver: lab.dns });
    return {
      url: `https://wiki.corp.test:${origin.port}/echo`,
      peer: server,
      client: { proxy: resolver, hostResolver: lab.dns },
      resolver,
      expected: 200,
      protocol: 'h2',
      connections: 1,
    };
  },
});

/** The tour, from the simplest to what a company's network really does. */
export const SCENARIOS: readonly Scenario[] = [
  plain('http, direct', 'http'),
  plain('https, direct', 'https'),
  plain('HTTP/2, direct', 'h2'),
  plain('http through an HTTP proxy', 'http', (lab) => lab.proxy()),
  plain('https through an HTTP proxy', 'https', (lab) => lab.proxy()),
  plain('HTTP/2 through an HTTPS proxy', 'h2', (lab) => lab.proxy({ tls: true })),
  socks('HTTP/2 through SOCKS4', 'socks4'),
  socks('HTTP/2 through SOCKS4a', 'socks4a'),
  socks('HTTP/2 through SOCKS5', 'socks5h'),
  socks('HTTP/2 through SOCKS5, signed in', 'socks5h', { username: 'alice', password: 'wonderland' }),
  byScript('a PAC script chooses the proxy', (alive) => alive),
  byScript('the first proxy of its list is dead', (alive, dead) => `${dead}; ${alive}; DIRECT`),
  {
    name: 'credentials in the URL of the proxy',
    scheme: 'basic',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'https' });
      const proxy = await lab.proxy({ auth: { schemes: [basicAuth()] } });
      return {
        url: `${origin.url}/echo`,
        peer: proxy,
        client: { proxy: proxy.url.replace('://', '://alice:wonderland@') },
        expected: 200,
      };
    },
  },
  {
    name: 'proxy with sign-in, http',
    scheme: 'digest',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'http' });
      const proxy = await lab.proxy({ auth: { schemes: [digestAuth(), basicAuth()] } });
      return {
        url: `${origin.url}/echo`,
        peer: proxy,
        client: { proxy: proxy.url, credentials },
        expected: 200,
        connections: 1,
      };
    },
  },
  {
    name: 'proxy with sign-in bound to the connection, https',
    scheme: 'bound',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'h2' });
      const proxy = await lab.proxy({ auth: { schemes: [boundAuth()] } });
      return {
        url: `${origin.url}/echo`,
        peer: proxy,
        client: { proxy: proxy.url, credentials },
        expected: 200,
        protocol: 'h2',
        connections: 1,
      };
    },
  },
  {
    name: 'proxy with NTLM, https',
    scheme: 'ntlm',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'h2' });
      const proxy = await lab.proxy({ tls: true, auth: { schemes: [ntlmAuth({ channelBinding: 'require' })] } });
      return {
        url: `${origin.url}/echo`,
        peer: proxy,
        client: {
          proxy: proxy.url,
          auth: [ntlm()],
          credentials: async () => ({ username: 'LAB\\alice', password: 'wonderland' }),
        },
        expected: 200,
        protocol: 'h2',
        connections: 1,
      };
    },
  },
  {
    name: 'server with Negotiate: NTLM where there is no Kerberos',
    scheme: 'negotiate',
    set: async (lab) => {
      const schemes = [negotiateAuth({ channelBinding: 'require', mic: 'require' })];
      const origin = await lab.origin({ protocol: 'h2', auth: { schemes } });
      return {
        url: `${origin.url}/echo`,
        peer: origin,
        client: {
          // The usual list also has the system's Kerberos, which nobody here could answer.
          auth: [negotiate({ ntlm: ntlmMechanism(), providers: ['managed'] })],
          credentials: async () => ({ username: 'LAB\\alice', password: 'wonderland' }),
        },
        expected: 200,
        protocol: 'http/1.1',
      };
    },
  },
  {
    name: '50 requests, one question to the user',
    scheme: 'bound',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'http' });
      const proxy = await lab.proxy({ auth: { schemes: [boundAuth()] } });
      let questions = 0;
      const ask = async () => {
        questions += 1;
        return questions === 1 ? credentials() : undefined;
      };
      const client = { proxy: proxy.url, credentials: ask, limits: { perOrigin: 6 } };
      return { url: `${origin.url}/echo`, peer: proxy, client, parallel: 50, expected: 200, connections: 6 };
    },
  },
  {
    name: 'upload of a stream, sent again after the 401',
    scheme: 'digest',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'h2', auth: { schemes: [digestAuth()] } });
      const pieces = async function* () {
        for (let i = 0; i < 8; i += 1) yield Buffer.alloc(16_384, `${i}`);
      };
      const request = { method: 'POST', body: pieces() };
      return {
        url: `${origin.url}/upload`,
        peer: origin,
        client: { credentials },
        request,
        expected: 200,
        protocol: 'h2',
        connections: 1,
      };
    },
  },
  {
    name: 'HTTP/2 server whose sign-in needs HTTP/1.1',
    scheme: 'bound',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'h2', auth: { schemes: [boundAuth()] } });
      return {
        url: `${origin.url}/echo`,
        peer: origin,
        client: { credentials },
        expected: 200,
        protocol: 'http/1.1',
        connections: 2,
      };
    },
  },
  {
    name: 'monitoring proxy, its CA trusted',
    scheme: 'basic',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'https' });
      const proxy = await lab.monitoringProxy({ auth: { schemes: [basicAuth()] } });
      const tls = { ca: proxy.ca.cert, trust: 'none' } as const;
      return { url: `${origin.url}/echo`, peer: proxy, client: { proxy: proxy.url, credentials, tls }, expected: 200 };
    },
  },
  {
    name: 'built-in fetch through a proxy with sign-in',
    scheme: 'basic',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'https' });
      const proxy = await lab.proxy({ auth: { schemes: [basicAuth()] } });
      const request = { method: 'POST', body: 'posted by fetch' };
      return {
        url: `${origin.url}/echo`,
        peer: proxy,
        client: { proxy: proxy.url, credentials },
        request,
        by: 'fetch',
        expected: 200,
        connections: 1,
      };
    },
  },
  {
    name: 'WebSocket through a proxy with sign-in',
    scheme: 'digest',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'https' });
      const proxy = await lab.proxy({ auth: { schemes: [digestAuth()] } });
      const url = `${origin.url.replace(/^http/, 'ws')}/ws`;
      return {
        url,
        peer: proxy,
        client: { proxy: proxy.url, credentials },
        by: 'websocket',
        expected: 101,
        connections: 1,
      };
    },
  },
  {
    name: 'redirects, cookies and coded bodies',
    scheme: '-',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'http' });
      const client = { redirect: { mode: 'follow' }, cookies: true, decode: true } as const;
      const url = `${origin.url}/redirect?to=${encodeURIComponent('/compressed/br')}`;
      return { url, peer: origin, client, expected: 200, connections: 1 };
    },
  },
  {
    name: 'connection lost in the middle of a sign-in',
    scheme: 'bound',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'http' });
      const fault = { kind: 'close', at: 'round', first: 1 } as const;
      const proxy = await lab.proxy({ auth: { schemes: [boundAuth()] }, fault });
      return {
        url: `${origin.url}/echo`,
        peer: proxy,
        client: { proxy: proxy.url, credentials },
        expected: 200,
        connections: 2,
      };
    },
  },
  {
    name: 'proxy refuses the tunnel: an error, not its page',
    scheme: '-',
    set: async (lab) => {
      const origin = await lab.origin({ protocol: 'https' });
      const proxy = await lab.proxy({ fault: { kind: 'connect-answer', status: 403 } });
      return {
        url: `${origin.url}/echo`,
        peer: proxy,
        client: { proxy: proxy.url },
        expected: 'ERR_TUNNEL_CONNECTION_FAILED',
      };
    },
  },
];
