import {
  formatPacElement,
  formatPacResult,
  isFallbackError,
  NetError,
  type NetErrorCode,
  type ProxyRoute,
  type ProxyScheme,
  parsePacElement,
  parsePacResult,
  type RouteFailure,
} from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { BAD_PROXY_TIME, BadProxies } from '../src/fallback/bad-proxies.js';
import { createProxyResolver, type ProxyResolution } from '../src/index.js';
import { decidePac, type PacSources, WPAD_NAME_TIMEOUT, WPAD_URL } from '../src/pac/decider.js';
import { NETWORK_CHANGE_DELAY, nextPoll } from '../src/pac/poll-policy.js';
import { ManualClock } from './support/manual-clock.js';
import { pollOutcomes } from './support/poll-outcomes.js';
import { fakeEngine, fixedNames, pacOf, returning } from './support/resolver.js';

const folder = new URL('./vectors/', import.meta.url);
const SCRIPT = returning('DIRECT');

/** A step of a request that is under way, or something that happens between requests. */
interface Step {
  readonly pac?: string;
  readonly pacError?: NetErrorCode;
  readonly fail?: NetErrorCode;
  readonly success?: boolean;
  readonly networkChange?: boolean;
  readonly reload?: boolean;
  readonly use?: string | null;
  readonly error?: NetErrorCode;
  readonly listSize?: number;
  readonly mandatory?: boolean;
}

/** Plays requests through a resolver as the route layer of a client does. */
async function play(steps: readonly Step[]): Promise<void> {
  const clock = new ManualClock();
  let next: () => string = () => 'DIRECT';
  const resolver = createProxyResolver(
    { pacScript: pacOf(SCRIPT), pacMandatory: steps.some(({ mandatory }) => mandatory) },
    { clock, pac: { engine: fakeEngine(() => next()) }, networkSignature: () => '' },
  );
  let resolution: ProxyResolution | undefined;
  let failures: RouteFailure[] = [];
  for (const step of steps) {
    let error: unknown;
    if (step.pac !== undefined || step.pacError !== undefined) {
      next = () => {
        if (step.pacError !== undefined) throw new NetError(step.pacError);
        return step.pac!;
      };
      failures = [];
      resolution = await resolver.resolve(new URL('http://web.test/')).catch((thrown) => {
        error = thrown;
        return undefined;
      });
    } else if (step.fail !== undefined) {
      const route = resolution!.routes[failures.length]!;
      const failure = { route, error: new NetError(step.fail) };
      failures.push(failure);
      if (failures.length < resolution!.routes.length) resolution!.failed(failure);
    } else if (step.success) {
      resolution!.settle({ used: resolution!.routes[failures.length], failures, bytesSent: true });
    } else if (step.networkChange) {
      resolver.networkChanged();
      clock.advance(NETWORK_CHANGE_DELAY);
    } else if (step.reload) {
      await resolver.reload();
    }
    const current: ProxyRoute | undefined = resolution?.routes[failures.length];
    if (step.use !== undefined) expect(current ? formatPacElement(current) : null).toBe(step.use);
    if (step.listSize !== undefined) expect(resolution?.routes).toHaveLength(step.listSize);
    if (step.error !== undefined) expect(error).toMatchObject({ code: step.error });
  }
  resolver.close();
}

interface RetryCase {
  readonly list?: string;
  readonly existing?: Readonly<Record<string, { readonly delayS: number; readonly netError: string }>>;
  readonly netError?: string;
  readonly delayS?: number;
  readonly defaultDelayS?: number;
  readonly additional?: readonly string[];
  readonly marked?: readonly string[];
  readonly resultDelayS?: number;
  readonly resultError?: string;
}

const codeOf = (name: string | undefined) => (name === undefined || name === 'OK' ? undefined : (name as NetErrorCode));
const proxyOf = (element: string) => parsePacElement(element)!.proxy!;

function checkRetryInfo(vector: RetryCase): void {
  if (vector.defaultDelayS !== undefined) expect(BAD_PROXY_TIME).toBe(vector.defaultDelayS * 1000);
  if (vector.list === undefined) return;
  const clock = new ManualClock();
  const bad = new BadProxies(clock);
  for (const [element, { delayS, netError }] of Object.entries(vector.existing ?? {})) {
    bad.mark(proxyOf(element), { delay: delayS * 1000, error: codeOf(netError) });
  }
  const delay = vector.delayS === undefined ? undefined : vector.delayS * 1000;
  const [head] = vector.list.split(';');
  for (const element of [head!, ...(vector.additional ?? [])]) {
    bad.mark(proxyOf(element), { delay, error: codeOf(vector.netError) });
  }
  const marked = vector.list.split(';').filter((element) => bad.get(proxyOf(element)) !== undefined);
  if (vector.marked !== undefined) expect(marked).toEqual(vector.marked);
  const mark = bad.get(proxyOf(head!));
  const expected = vector.resultDelayS ?? vector.delayS ?? vector.defaultDelayS;
  if (expected !== undefined) expect(mark!.until - clock.now()).toBe(expected * 1000);
  if (vector.resultError !== undefined) expect(mark!.error).toBe(codeOf(vector.resultError));
}

interface PollCase {
  readonly after?: 'failure' | 'success' | 'network-change';
  readonly attempt?: number;
  readonly delayMs?: number;
  readonly stallMs?: number;
  readonly mode?: string;
  readonly outcome?: string;
}

interface ConfigCase {
  readonly config?: { readonly autoDetect?: boolean; readonly pacUrl?: string; readonly pacMandatory?: boolean };
  readonly dhcp?: string | { readonly url: string; readonly script: string };
  readonly fetch?: Readonly<Record<string, string>>;
  readonly use?: string | null;
  readonly error?: NetErrorCode;
  readonly quickCheck?: { readonly host: string; readonly timeoutMs: number };
  readonly wpad?: string;
  readonly pac?: string;
  readonly url?: string;
  readonly result?: string;
  readonly order?: readonly string[];
}

const sourcesOf = ({ autoDetect = false, pacUrl }: NonNullable<ConfigCase['config']>): PacSources => ({
  autoDetect,
  pacUrl,
});

/** The text that a source of a test gives: `valid`, something that is no script, or an error. */
function fetched(content: string | undefined): string {
  if (content === undefined || /^ERR_/.test(content)) throw new NetError((content ?? 'ERR_FAILED') as NetErrorCode);
  return content === 'valid' ? SCRIPT : content;
}

/** Asks the decider which script it takes. */
async function decide(vector: ConfigCase): Promise<void> {
  const { dhcp, fetch = {} } = vector;
  const scripts: Record<string, string> = { ...fetch };
  if (typeof dhcp === 'object') scripts[dhcp.url] = dhcp.script;
  const engine = fakeEngine(() => 'DIRECT');
  const context = {
    clock: new ManualClock(),
    hostResolver: fixedNames({ wpad: '127.0.0.1' }),
    fetch: async (url: string) => fetched(scripts[url]),
    dhcpUrl: async () => (typeof dhcp === 'object' ? dhcp.url : undefined),
    load: (text: string) => engine.load(text, {} as never),
  };
  const decided = await decidePac(
    sourcesOf(vector.config!),
    context,
    new AbortController().signal,
    undefined,
    [],
  ).catch((error: unknown) => error);
  if (vector.use !== null) expect(decided).toMatchObject({ url: vector.use });
  else expect(decided).toMatchObject({ code: vector.error });
}

/** Asks a resolver for a URL, with scripts that return what the vector says, or cannot be had. */
async function resolveWith(vector: ConfigCase): Promise<void> {
  const resultOf = (text: string | undefined) => /^returns (.*)$/.exec(text ?? '')?.[1];
  const { autoDetect, pacUrl, pacMandatory } = vector.config!;
  const script = resultOf(autoDetect ? vector.wpad : undefined) ?? resultOf(vector.pac);
  const resolver = createProxyResolver(
    autoDetect
      ? { mode: 'auto_detect', pacMandatory }
      : { pacScript: script ? pacOf(returning(script)) : pacUrl, pacMandatory },
    {
      clock: new ManualClock(),
      hostResolver: fixedNames({}),
      dhcpUrl: async () => (script ? pacOf(returning(script)) : undefined),
      pac: { engine: fakeEngine(() => script!) },
      networkSignature: () => '',
    },
  );
  const { routes } = await resolver.resolve(new URL(vector.url!));
  expect(formatPacResult(routes)).toBe(vector.result);
  resolver.close();
}

/** Tries the places in turn, each with those before it failing, and sees which is taken. */
async function checkOrder(order: readonly string[]): Promise<void> {
  const asked: string[] = [];
  const clock = new ManualClock();
  const context = {
    clock,
    hostResolver: fixedNames({ wpad: '127.0.0.1' }),
    fetch: async (url: string) => {
      asked.push(url === WPAD_URL ? 'WPAD via DNS' : 'configured PAC URL');
      throw new NetError('ERR_FAILED');
    },
    dhcpUrl: async () => {
      asked.push('WPAD via DHCP');
      return undefined;
    },
    load: () => Promise.reject(new Error('not reached')),
  };
  const sources = { autoDetect: true, pacUrl: 'http://pac.test/' };
  await expect(decidePac(sources, context, new AbortController().signal, undefined, [])).rejects.toThrow();
  const resolver = createProxyResolver(
    { mode: 'system' },
    {
      clock,
      hostResolver: fixedNames({}),
      dhcpUrl: async () => undefined,
      networkSignature: () => '',
      settingsReader: await import('./support/reader.js').then(({ manualReader }) => manualReader('http=manual.test')),
    },
  );
  for (const [url, place] of [
    ['http://web.test/', 'manual rules'],
    ['ftp://web.test/', 'DIRECT'],
  ]) {
    const { pac } = await resolver.resolve(new URL(url!));
    asked.push(pac === 'DIRECT' ? 'DIRECT' : 'manual rules');
    expect(asked.at(-1)).toBe(place);
  }
  resolver.close();
  expect(asked).toEqual(order);
}

describeVectors(folder, 'proxy-fallback', {
  error({ error, proxy, fallback }: { error: NetErrorCode; proxy: ProxyScheme; fallback: boolean }) {
    expect(isFallbackError(error, { proxy: { scheme: proxy, host: 'proxy.test', port: 1 } })).toBe(fallback);
  },
  scenario: ({ steps }: { readonly steps: readonly Step[] }) => play(steps),
  events: ({ events }: { readonly events: readonly Step[] }) => play(events),
  deprioritize(vector: { list: string; bad: Record<string, { tryWhileBad: boolean }>; expect: string }) {
    const bad = new BadProxies(new ManualClock());
    for (const [element, options] of Object.entries(vector.bad)) bad.mark(proxyOf(element), options);
    expect(formatPacResult(bad.order(parsePacResult(vector.list)).routes)).toBe(vector.expect);
  },
  'retry-info': checkRetryInfo,
  'pac-poll'(vector: PollCase) {
    if (vector.outcome !== undefined) return pollOutcomes(vector.outcome);
    if (vector.after === 'network-change') return expect(NETWORK_CHANGE_DELAY).toBe(vector.stallMs);
    expect(nextPoll(vector.after!, vector.attempt!)).toEqual({ delay: vector.delayMs, mode: vector.mode });
  },
  'config-fallback'(vector: ConfigCase) {
    if (vector.quickCheck !== undefined) return expect(WPAD_NAME_TIMEOUT).toBe(vector.quickCheck.timeoutMs);
    if (vector.order !== undefined) return checkOrder(vector.order);
    return vector.url === undefined ? decide(vector) : resolveWith(vector);
  },
});
