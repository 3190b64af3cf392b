import { formatPacResult, parsePacResult } from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { fetchPac } from '../src/pac/fetch/fetch-pac.js';
import { myIpAddress, myIpAddressEx } from '../src/pac/my-ip.js';
import { pacHost, pacUrl } from '../src/pac/pac-url.js';
import { ScriptError } from '../src/pac/worker/script.js';
import { eventually } from './support/eventually.js';
import { ManualClock } from './support/manual-clock.js';
import { servePac } from './support/pac-server.js';
import { fixedNames } from './support/resolver.js';
import { loadScript } from './support/scripts.js';

const folder = new URL('./vectors/', import.meta.url);

interface Environment {
  readonly dns?: Readonly<Record<string, string>>;
  readonly dnsEx?: Readonly<Record<string, string>>;
  readonly myIp?: string;
  readonly myIpAddress?: string;
  readonly myIpEx?: string;
  readonly myIpAddressEx?: string;
  readonly addresses?: readonly string[];
}

const networkOf = ({ addresses, ...env }: Environment = {}) => ({
  dns: env.dns,
  dnsEx: env.dnsEx,
  myIp: env.myIp ?? env.myIpAddress ?? (addresses && myIpAddress(addresses)),
  myIpEx: env.myIpEx ?? env.myIpAddressEx ?? (addresses && myIpAddressEx(addresses)),
});

interface ScriptCase {
  readonly script: string;
  readonly env?: Environment;
  readonly loadError?: string;
  readonly calls?: readonly { readonly url: string; readonly result?: string; readonly error?: string }[];
  readonly alerts?: readonly string[];
  readonly errorMessages?: readonly string[];
  readonly resolved?: readonly string[];
  readonly resolvedEx?: readonly string[];
}

async function checkScript(vector: ScriptCase) {
  const errors: string[] = [];
  const alerts: string[] = [];
  const names: Record<string, string[]> = {};
  const loading = loadScript(vector.script, { network: networkOf(vector.env) });
  if (vector.loadError !== undefined) {
    const error = await loading.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ScriptError);
    errors.push((error as ScriptError).message);
  } else {
    const { script, messages } = await loading;
    alerts.push(...messages);
    for (const call of vector.calls ?? []) {
      const url = new URL(call.url);
      try {
        const found = await script.find(pacUrl(url), pacHost(url));
        expect(formatPacResult(parsePacResult(found.result))).toBe(call.result);
        alerts.push(...found.messages);
        for (const { kind, host } of found.lookups) names[kind] = [...(names[kind] ?? []), host];
      } catch (error) {
        if (!(error instanceof ScriptError)) throw error;
        expect(call.error, error.message).toBe('ERR_PAC_SCRIPT_FAILED');
        alerts.push(...error.messages);
        errors.push(error.message);
      }
    }
  }
  if (vector.alerts !== undefined) expect(alerts).toEqual(vector.alerts);
  if (vector.errorMessages !== undefined) expect(errors).toEqual(vector.errorMessages);
  if (vector.resolved !== undefined) expect(names.dnsResolve).toEqual(vector.resolved);
  if (vector.resolvedEx !== undefined) expect(names.dnsResolveEx).toEqual(vector.resolvedEx);
}

interface FetchCase {
  readonly url: string;
  readonly response?: {
    readonly status?: number;
    readonly contentType?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly text?: string;
    readonly bodyHex?: string;
    readonly bodyBytes?: number;
    readonly hangMs?: number;
  };
  readonly ok?: boolean;
  readonly text?: string;
  readonly error?: string;
  readonly cached?: boolean;
  readonly decide?: string;
}

function bodyOf({ text, bodyHex, bodyBytes }: NonNullable<FetchCase['response']>): string | Uint8Array {
  if (bodyHex !== undefined) return Buffer.from(bodyHex, 'hex');
  return bodyBytes === undefined ? (text ?? 'script') : Buffer.alloc(bodyBytes, 'x');
}

async function checkFetch(vector: FetchCase) {
  const { response = {} } = vector;
  const server = await servePac('');
  const contentType = response.contentType === undefined ? undefined : { 'content-type': response.contentType };
  server.answer = {
    status: response.status ?? 200,
    body: bodyOf(response),
    headers: { ...response.headers, ...contentType },
    hang: response.hangMs !== undefined,
  };
  const clock = new ManualClock();
  const url = new URL(vector.url);
  const hostResolver = fixedNames({ [url.hostname]: '127.0.0.1' });
  if (url.protocol === 'http:') url.port = String(server.port);
  const fetch = () => fetchPac(url.protocol === 'http:' ? url.href : vector.url, { hostResolver, clock });
  try {
    const fetching = fetch().catch((error: unknown) => error);
    if (response.hangMs !== undefined) {
      await eventually(() => expect(server.requests).toBe(1));
      clock.advance(response.hangMs);
    }
    const outcome = await fetching;
    if (vector.error !== undefined) {
      expect(outcome).toMatchObject({ code: vector.error });
      return;
    }
    expect(outcome).toBeTypeOf('string');
    if (vector.text !== undefined) expect(outcome).toBe(vector.text);
    if (vector.decide === 'skip-source') expect(outcome).not.toContain('FindProxyForURL');
    if (vector.cached === false) {
      await fetch();
      expect(server.requests).toBe(2);
    }
  } finally {
    await server.close();
  }
}

interface StrippingCase {
  readonly url: string;
  readonly passedToScript: string;
}

describeVectors(folder, 'pac-scripts', {
  script: checkScript,
  'url-stripping'(vector: StrippingCase) {
    expect(pacUrl(new URL(vector.url))).toBe(vector.passedToScript);
  },
  fetch: checkFetch,
});

interface FunctionCase {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly expect?: unknown;
  readonly throws?: string;
  readonly nowLocal?: string;
  readonly nowUtc?: string;
  readonly dns?: Readonly<Record<string, string>>;
  readonly env?: Environment;
}

async function checkFunction(vector: FunctionCase) {
  const time = vector.nowLocal ?? vector.nowUtc;
  const { script } = await loadScript(
    `function FindProxyForURL() {
      try { return JSON.stringify({ value: ${vector.fn}(...${JSON.stringify(vector.args)}) }); }
      catch (thrown) { return JSON.stringify({ thrown: String(thrown) }); }
    }`,
    { network: { ...networkOf(vector.env), dns: vector.dns }, now: time ? () => new Date(time).getTime() : undefined },
  );
  const outcome = JSON.parse((await script.find('http://x/', 'x')).result);
  if (vector.throws === undefined) expect(outcome).toEqual({ value: vector.expect });
  else expect(outcome.thrown).toContain(vector.throws);
}

const functionNames = [
  'dnsDomainIs',
  'dnsDomainLevels',
  'dnsResolve',
  'dateRange',
  'isInNet',
  'isInNetEx',
  'isPlainHostName',
  'isResolvable',
  'localHostOrDomainIs',
  'myIpAddress',
  'shExpMatch',
  'sortIpAddressList',
  'timeRange',
  'weekdayRange',
];

describeVectors(folder, 'pac-functions', Object.fromEntries(functionNames.map((name) => [name, checkFunction])));
