import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { HostResolver } from '@netloom/contracts';
import { describe, expect, it } from 'vitest';
import { type ConfiguredProxyResolver, createProxyResolver } from '../src/index.js';
import { pacOf } from './support/resolver.js';
import { sandboxEngine } from './support/scripts.js';

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

/** The network in which the decisions were recorded. */
const hostResolver: HostResolver = {
  async lookup(name) {
    const { names, missing, origin } = recording.network;
    if (name.endsWith(missing)) throw Object.assign(new Error(`no address of ${name}`), { code: 'ENOTFOUND' });
    const address = isIP(name) ? name : (names[name] ?? origin);
    return [{ address, family: address.includes(':') ? 6 : 4 }];
  },
};

describe(`decisions of Chromium ${recording.chromium}`, () => {
  it('are many, and some of them random', () => {
    const count = (of: Recording['configurations']) => of.reduce((sum, { decisions }) => sum + decisions.length, 0);
    expect(count(recording.configurations)).toBeGreaterThanOrEqual(300);
    expect(count(recording.configurations.filter(({ id }) => id.startsWith('random-')))).toBeGreaterThanOrEqual(100);
  });

  // No configuration is left out: there is no difference to name.
  it.each(recording.configurations.map((one) => [one.id, one] as const))('%s', async (_, configuration) => {
    const config =
      'pac' in configuration
        ? { pacScript: pacOf(configuration.pac) }
        : { proxyRules: configuration.rules, proxyBypassRules: configuration.bypass };
    const resolver = createProxyResolver(config, {
      hostResolver,
      platform: 'linux',
      networkSignature: () => '',
      pac: { engine: sandboxEngine },
    });
    try {
      for (const decision of configuration.decisions) await compare(decision, resolver);
    } finally {
      resolver.close();
    }
  });
});

async function compare({ url, list, contacted }: Decision, resolver: ConfiguredProxyResolver): Promise<void> {
  const found = await resolver.resolve(new URL(url)).then(
    ({ pac }) => pac,
    (error: { code?: string }) => error.code,
  );
  // Where no entry of a list is usable, Chromium fails the request.
  if (list !== undefined) expect(found, url).toBe(list || 'ERR_NO_SUPPORTED_PROXIES');
  // After a failed script it names no list, and goes direct.
  else if (contacted !== undefined) expect([found, contacted.split(' ', 1)[0]], url).toEqual(['DIRECT', 'direct']);
}
