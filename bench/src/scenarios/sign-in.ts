import type { SignIn } from '../contestants/contestant.js';
import type { Case } from '../harness/measure.js';
import type { Servers } from '../servers.js';
import { ALICE, compareAll, type Scenario } from './scenario.js';

const PARALLEL = 10;

type Scheme = SignIn['scheme'];

/** A proxy that wants a sign-in against the same proxy without, when connections are signed in. */
function warm(scheme: Scheme, servers: Servers, proxy: string): Case {
  const setting = { connections: PARALLEL };
  return {
    name: `${scheme} proxy, signed in`,
    base: 'without sign-in',
    task: { kind: 'get', url: `${servers.http}/1k` },
    parallel: PARALLEL,
    contestants: {
      'without sign-in': { contestant: 'client.request', setting: { ...setting, proxy: servers.proxy } },
      'client.request': {
        contestant: 'client.request',
        setting: { ...setting, proxy, signIn: { scheme, ...ALICE } },
      },
      'net.request': { contestant: 'net.request', setting: { ...setting, proxy, signIn: { scheme, ...ALICE } } },
    },
  };
}

/** A client that nobody has asked anything, and that has to sign in first. */
function cold(scheme: Scheme, servers: Servers, proxy: string): Case {
  const contestant = 'new client.request';
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

export const signIn: Scenario = {
  name: 'sign-in',
  summary: 'Basic and Digest at a proxy, cold and warm',
  run: (bench) =>
    compareAll(bench, [
      warm('basic', bench.servers, bench.servers.basicProxy),
      cold('basic', bench.servers, bench.servers.basicProxy),
      warm('digest', bench.servers, bench.servers.digestProxy),
      cold('digest', bench.servers, bench.servers.digestProxy),
    ]),
};

export const negotiate: Scenario = {
  name: 'negotiate',
  summary: 'Negotiate (NTLM inside SPNEGO) at a proxy, cold and warm',
  run: (bench) =>
    compareAll(bench, [
      warm('negotiate', bench.servers, bench.servers.negotiateProxy),
      cold('negotiate', bench.servers, bench.servers.negotiateProxy),
    ]),
};

export const ntlm: Scenario = {
  name: 'ntlm',
  summary: 'NTLM at a proxy and at a server, cold and warm',
  run: (bench) =>
    compareAll(bench, [
      warm('ntlm', bench.servers, bench.servers.ntlmProxy),
      cold('ntlm', bench.servers, bench.servers.ntlmProxy),
      server(bench.servers),
      {
        name: 'what a handshake computes',
        base: 'NTLM in netloom',
        task: { kind: 'call', url: '' },
        parallel: 1,
        contestants: { 'NTLM in netloom': { contestant: 'NTLM in netloom', setting: { connections: 1 } } },
      },
    ]),
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
