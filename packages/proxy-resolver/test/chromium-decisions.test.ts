import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import {
  applyProxyRules,
  DIRECT,
  formatPacResult,
  HostRules,
  type PacNetwork,
  type ProxyRoute,
  parsePacResult,
  parseProxyRules,
} from '@netloom/contracts';
import { describe, expect, it } from 'vitest';
import { pacHost, pacUrl } from '../src/pac/pac-url.js';
import { quickJsEngine } from '../src/pac/quickjs-engine.js';

interface Decision {
  readonly url: string;
  readonly list?: string;
  readonly contacted?: string;
}

/** The file that the recorder of the lab's peers writes. */
interface Recording {
  readonly chromium: string;
  readonly network: {
    readonly names: Readonly<Record<string, string>>;
    readonly missing: string;
    readonly origin: string;
  };
  readonly configurations: readonly ((
    | { readonly rules: string; readonly bypass?: string }
    | { readonly pac: string }
  ) & {
    readonly id: string;
    readonly decisions: readonly Decision[];
  })[];
}

const RECORDING = new URL('../../lab/peers/chromium/recordings/decisions.json', import.meta.url);
const recording = JSON.parse(await readFile(RECORDING, 'utf8')) as Recording;

/**
 * Where netloom decides otherwise. Such a configuration has to stay different: once it is not, it leaves this list.
 */
const DIFFERENT: Readonly<Record<string, string>> = {
  'pac: modern syntax': 'FindProxyForURL may be declared by const; Chromium does not find it then',
  'pac: convert_addr': 'the undocumented helper convert_addr is not there',
};

/** The network in which the decisions were recorded. */
const network: PacNetwork = {
  query: async (_kind, host) => ({ value: isIP(host) ? host : addressOf(host), ttl: 0 }),
};

function addressOf(name: string): string | null {
  const { names, missing, origin } = recording.network;
  return name.endsWith(missing) ? null : (names[name] ?? origin);
}

describe(`decisions of Chromium ${recording.chromium}`, () => {
  it('are many, and some of them random', () => {
    const count = (of: Recording['configurations']) => of.reduce((sum, { decisions }) => sum + decisions.length, 0);
    expect(count(recording.configurations)).toBeGreaterThanOrEqual(300);
    expect(count(recording.configurations.filter(({ id }) => id.startsWith('random-')))).toBeGreaterThanOrEqual(100);
  });

  for (const configuration of recording.configurations) {
    const difference = DIFFERENT[configuration.id];
    const test = difference === undefined ? it : it.fails;
    test(difference === undefined ? configuration.id : `${configuration.id} (not so: ${difference})`, async () => {
      const decide = 'pac' in configuration ? await byScript(configuration.pac) : byRules(configuration);
      for (const decision of configuration.decisions) compare(decision, await decide.find(new URL(decision.url)));
      decide.close();
    });
  }
});

interface Decider {
  find(url: URL): readonly ProxyRoute[] | Promise<readonly ProxyRoute[]>;
  close(): void;
}

function byRules({ rules, bypass = '' }: { rules: string; bypass?: string | undefined }): Decider {
  const parsed = parseProxyRules(rules);
  const hosts = HostRules.parse(bypass);
  return { find: (url) => applyProxyRules(parsed, url, hosts).routes, close: () => undefined };
}

/** A script that cannot be loaded or run means DIRECT, as does a result without a usable entry. */
async function byScript(source: string): Promise<Decider> {
  const implicit = HostRules.parse('');
  const program = await quickJsEngine()
    .load(source, { name: 'recorded', network, alert: () => undefined })
    .catch(() => undefined);
  return {
    find: async (url) => {
      if (program === undefined || implicit.match(url).matched) return [DIRECT];
      return program.find(pacUrl(url), pacHost(url)).then(
        ({ result }) => parsePacResult(result),
        () => [DIRECT],
      );
    },
    close: () => void program?.close(),
  };
}

function compare({ url, list, contacted }: Decision, routes: readonly ProxyRoute[]): void {
  const found = formatPacResult(routes);
  if (list !== undefined) expect(found, url).toBe(list);
  // After a failed script Chromium names no list, and goes direct.
  else if (contacted !== undefined) expect([found, contacted.split(' ', 1)[0]], url).toEqual(['DIRECT', 'direct']);
}
