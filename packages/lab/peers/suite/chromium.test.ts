import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { HostResolver } from '@netloom/contracts';
import { createProxyResolver } from '@netloom/proxy-resolver';
import { beforeAll, describe, expect, it } from 'vitest';
import { RECORDING } from '../chromium/command.js';
import type { Decision, ProxySettings, Recording } from '../chromium/configuration.js';
import { addressOf } from '../chromium/network.js';
import { NAMESPACES } from '../outside/namespaces.js';
import { run } from '../testbed/daemons.js';

const LAUNCHER = fileURLToPath(new URL('../run.mjs', import.meta.url));
/** Every so many configurations one is recorded anew. */
const STEP = 24;

describe('Chromium', async () => {
  const kept = JSON.parse(await readFile(RECORDING, 'utf8')) as Recording;
  const sample = kept.configurations.filter((_, index) => index % STEP === 0);
  let recorded: Recording['configurations'];

  const record = async (ids: readonly string[]) => {
    const inside = [...NAMESPACES, process.execPath, LAUNCHER, 'record-inside', ...ids];
    return (JSON.parse(await run('unshare', inside)) as Recording).configurations;
  };

  beforeAll(async () => {
    recorded = await record(sample.map(({ id }) => id));
    // A busy Chromium may not have connected in time, which is no decision. One that decided otherwise is not asked again.
    const late = recorded.filter(({ decisions }, i) => isLate(decisions, sample[i]!.decisions));
    if (late.length === 0) return;
    const again = await record(late.map(({ id }) => id));
    recorded = recorded.map((first) => again.find(({ id }) => id === first.id) ?? first);
  }, 240_000);

  it(`decides as recorded (${sample.length} of ${kept.configurations.length} configurations)`, () => {
    expect(recorded).toEqual(sample);
  });

  // All recorded configurations are compared in the tests of the resolver.
  it('decides as netloom does', async () => {
    for (const { id, decisions, ...configuration } of recorded) {
      const urls = decisions.map(({ url }) => url);
      const lists = decisions.map(({ list }) => list ?? 'DIRECT');
      expect(await decide(configuration, urls), id).toEqual(lists);
    }
  });
});

/** Whether Chromium did as is kept, but for connections that it did not open. */
function isLate(decisions: readonly Decision[], kept: readonly Decision[]): boolean {
  const different = decisions.flatMap((now, i) => (isDeepStrictEqual(now, kept[i]) ? [] : [{ now, before: kept[i]! }]));
  const withoutConnection = ({ now, before }: (typeof different)[number]) =>
    now.list === before.list && now.contacted === undefined && before.contacted !== undefined;
  return different.length > 0 && different.every(withoutConnection);
}

/** The lists that netloom resolves, empty where it finds none with a usable entry. */
async function decide(configuration: ProxySettings, urls: readonly string[]): Promise<string[]> {
  const config =
    'pac' in configuration
      ? { pacScript: `data:,${encodeURIComponent(configuration.pac)}` }
      : { proxyRules: configuration.rules, proxyBypassRules: configuration.bypass };
  const resolver = createProxyResolver(config, { hostResolver });
  const lists: string[] = [];
  for (const url of urls) {
    const list = resolver.resolve(new URL(url)).then(
      ({ pac }) => pac,
      (error: { code?: string }) => {
        if (error.code !== 'ERR_NO_SUPPORTED_PROXIES') throw error;
        return '';
      },
    );
    lists.push(await list);
  }
  resolver.close();
  return lists;
}

/** The names of the recorder's network. */
const hostResolver: HostResolver = {
  async lookup(name) {
    const address = isIP(name) === 0 ? addressOf(name) : name;
    if (address === undefined) throw Object.assign(new Error(`no address of ${name}`), { code: 'ENOTFOUND' });
    return [{ address, family: isIP(address) === 6 ? 6 : 4 }];
  },
};
