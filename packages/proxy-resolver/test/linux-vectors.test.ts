import { join } from 'node:path';
import { formatProxyUri, type ProxyRoute } from '@netloom/contracts';
import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import { type Desktop, findDesktop, settingsOf } from '../src/system/linux/desktop.js';
import type { DesktopSettings } from '../src/system/linux/desktop-settings.js';
import { type Environment, parseEnvironment } from '../src/system/linux/environment.js';
import { interpretGsettings } from '../src/system/linux/gsettings.js';
import { kdeFolders } from '../src/system/linux/kde.js';
import { interpretKde, parseKioslaverc } from '../src/system/linux/kioslaverc.js';
import type { ProxySettings } from '../src/system/settings.js';

const folder = new URL('./vectors/', import.meta.url);

interface Expected {
  readonly autoDetect: boolean;
  readonly pacUrl: string | null;
  readonly pacUrlInvalid?: boolean;
  readonly rules: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly bypass: readonly string[];
  readonly reverseBypass: boolean;
}

function check(actual: ProxySettings | undefined, expected: Expected | null): void {
  if (expected === null || actual === undefined) {
    expect(actual ?? null).toBe(expected);
    return;
  }
  const { type, single, http, https, ftp, fallback } = actual.rules;
  const lists = Object.entries({ single, http, https, ftp, fallback }).filter(([, routes]) => routes.length > 0);
  const uris = lists.map(([name, routes]: [string, readonly ProxyRoute[]]) => [name, routes.map(formatProxyUri)]);
  expect({
    autoDetect: actual.autoDetect,
    pacUrl: actual.pacUrl ?? null,
    rules: { type, ...Object.fromEntries(uris) },
    bypass: actual.bypass.rules,
    reverseBypass: actual.bypass.reversed,
  }).toEqual({
    autoDetect: expected.autoDetect,
    pacUrl: expected.pacUrlInvalid ? null : expected.pacUrl,
    rules: expected.rules,
    bypass: expected.bypass,
    reverseBypass: expected.reverseBypass,
  });
}

const home = '/home/alice';
const atHome = (path: string) => path.replaceAll('~', home);
const envAtHome = (env: Environment): Environment =>
  Object.fromEntries([['HOME', home], ...Object.entries(env).map(([name, value]) => [name, atHome(value ?? '')])]);

interface KdeCase {
  readonly kioslaverc: string;
  readonly env?: Environment;
  readonly expect: Expected | null;
}

interface HomeCase {
  readonly env: Environment;
  readonly files: readonly { readonly path: string; readonly mtime?: number }[];
  readonly expectFile: string;
}

interface MergeCase {
  readonly env: Environment;
  readonly files: Readonly<Record<string, string>>;
  readonly expect: Expected | null;
}

interface PrecedenceCase {
  readonly desktop: Desktop;
  readonly desktopSettings: DesktopSettings | null;
  readonly env: Environment;
  readonly effective: Expected;
}

interface NotificationCase {
  readonly sequence: readonly { readonly settings: DesktopSettings; readonly effective: string }[];
}

const nothing: Expected = {
  autoDetect: false,
  pacUrl: null,
  rules: { type: 'empty' },
  bypass: [],
  reverseBypass: false,
};

function describeSettings(settings: ProxySettings | undefined): string {
  if (settings?.autoDetect) return 'auto-detect';
  if (settings?.pacUrl !== undefined) return 'pac';
  return settings === undefined || settings.rules.type === 'empty' ? 'direct' : 'manual';
}

describeVectors(folder, 'linux-proxy-env', {
  env(vector: { readonly env: Environment; readonly expect: Expected | null }) {
    check(parseEnvironment(vector.env), vector.expect);
  },
  gsettings(vector: { readonly settings: DesktopSettings; readonly expect: Expected | null }) {
    check(interpretGsettings(vector.settings), vector.expect);
  },
  kde(vector: KdeCase) {
    check(interpretKde([parseKioslaverc(vector.kioslaverc)], vector.env ?? {}), vector.expect);
  },
  async 'kde-home'(vector: HomeCase) {
    const env = envAtHome(vector.env);
    const modified = async (path: string) => {
      const file = vector.files.find((file) => atHome(file.path).startsWith(path));
      return file && (file.mtime ?? 0);
    };
    const [first] = await kdeFolders(findDesktop(env), env, modified);
    expect(join(first!, 'kioslaverc')).toBe(atHome(vector.expectFile));
  },
  async 'kde-merge'(vector: MergeCase) {
    const env = envAtHome(vector.env);
    const folders = await kdeFolders(findDesktop(env), env, async () => undefined);
    const files = Object.fromEntries(Object.entries(vector.files).map(([path, text]) => [atHome(path), text]));
    const texts = folders.map((path) => files[join(path, 'kioslaverc')]).filter((text) => text !== undefined);
    check(interpretKde(texts.map(parseKioslaverc), env), vector.expect);
  },
  desktop(vector: { readonly env: Environment; readonly desktop: string }) {
    expect(findDesktop(vector.env)).toBe(vector.desktop);
  },
  precedence(vector: PrecedenceCase) {
    const own =
      settingsOf(vector.desktop) === 'gsettings' && vector.desktopSettings
        ? interpretGsettings(vector.desktopSettings)
        : undefined;
    const effective = own ?? parseEnvironment(vector.env);
    if (effective === undefined) expect(vector.effective).toEqual(nothing);
    else check(effective, vector.effective);
  },
  notification(vector: NotificationCase) {
    for (const { settings, effective } of vector.sequence) {
      expect(describeSettings(interpretGsettings(settings))).toBe(effective);
    }
  },
});
