import type { SignIn } from '../contestants/contestant.js';
import type { Case } from '../harness/measure.js';
import type { Servers } from '../servers.js';
import { ALICE, compareAll, type Scenario } from './scenario.js';

const PARALLEL = 10;

type Scheme = SignIn['scheme'];

/** A proxy that wants a sign-in against the same proxy without, when connections are signed in. */
function warm(scheme: Scheme, servers: Servers): Case {
  const setting = { connections: PARALLEL };
  const signedIn = { ...setting, proxy: servers[`${scheme}Proxy`], signIn: { scheme, ...ALICE } };
  return {
    name: `${scheme} proxy, signed in`,
    base: 'without sign-in',
    task: { kind: 'get', url: `${servers.http}/1k` },
    parallel: PARALLEL,
    contestants: {
      'without sign-in': { contestant: 'client.request', setting: { ...setting, proxy: servers.proxy } },
      'client.request': { contestant: 'client.request', setting: signedIn },
      'net.request': { contestant: 'net.request', setting: signedIn },
    },
  };
}

/** A client that nobody has asked anything, and that has to sign in first. */
function cold(scheme: Scheme, servers: Servers): Case {
  const contestant = 'new client.request';
  const proxy = servers[`${scheme}Proxy`];
  return {
    name: `${scheme} proxy, a new client for every request`,
    base: 'without sign-in',
    task: { kind: 'get', url: `${servers.http}/1k` },
    parallel: 1,
    contestants: {
      'without sign-in': { contestant, setting: { connections: 1, proxy: servers.proxy } },
      [scheme]: { contestant, setting: { connections: 1, proxy, signIn: { scheme, ...ALICE } } },
    },
  };
}

const warmAndCold = (scheme: Scheme, servers: Servers) => [warm(scheme, servers), cold(scheme, servers)];

export const signIn: Scenario = {
  name: 'sign-in',
  summary: 'Basic and Digest at a proxy, cold and warm',
  run: (bench) => compareAll(bench, [...warmAndCold('basic', bench.servers), ...warmAndCold('digest', bench.servers)]),
};

export const negotiate: Scenario = {
  name: 'negotiate',
  summary: 'Negotiate (NTLM inside SPNEGO) at a proxy, cold and warm',
  run: (bench) => compareAll(bench, warmAndCold('negotiate', bench.servers)),
};

export const ntlm: Scenario = {
  name: 'ntlm',
  summary: 'NTLM at a proxy and at a server, cold and warm',
  run: (bench) => compareAll(bench, [...warmAndCold('ntlm', bench.servers), server(bench.servers), computed]),
};

const computed: Case = {
  name: 'what a handshake computes',
  base: 'NTLM in netloom',
  task: { kind: 'call', url: '' },
  parallel: 1,
  contestants: { 'NTLM in netloom': { contestant: 'NTLM in netloom', setting: { connections: 1 } } },
};

/** axios-ntlm and httpntlm sign in at servers alone, and anew for every request. */
function server(servers: Servers): Case {
  const setting = { connections: 1, signIn: { scheme: 'ntlm', ...ALICE, username: 'LAB\\alice' } } as const;
  return {
    name: 'ntlm server',
    base: 'client.request',
    task: { kind: 'get', url: `${servers.ntlmOrigin}/` },
    parallel: 1,
    contestants: {
      httpntlm: { contestant: 'httpntlm', setting },
      'axios-ntlm': { contestant: 'axios-ntlm', setting },
      'client.request': { contestant: 'client.request', setting },
      'a new client for every request': { contestant: 'new client.request', setting },
    },
  };
}
