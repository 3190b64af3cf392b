import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createProxyResolver } from '../../src/index.js';
import { whatIsMissing } from './requirements.js';

const missing = whatIsMissing(['gsettings', 'dbus-run-session'], false);
if (missing !== undefined) console.log(`GNOME settings: skipped, ${missing}`);

describe.skipIf(missing !== undefined)('GNOME settings', () => {
  it('written by gsettings are followed live', { timeout: 60_000 }, async () => {
    const home = await mkdtemp(join(tmpdir(), 'netloom-gnome-'));
    const config = join(home, 'config');
    const runtime = join(home, 'run');
    await mkdir(config);
    await mkdir(runtime, { mode: 0o700 });
    const env = { HOME: home, XDG_CONFIG_HOME: config, XDG_RUNTIME_DIR: runtime, XDG_CURRENT_DESKTOP: 'GNOME' };
    const set = (schema: string, key: string, value: string) =>
      promisify(execFile)('dbus-run-session', ['--', 'gsettings', 'set', schema, key, value], {
        env: { ...process.env, ...env },
      });

    const resolver = createProxyResolver({ mode: 'system' }, { env, platform: 'linux' });
    const ask = async () => (await resolver.resolve(new URL('http://web.test/'))).pac;
    const changed = () => new Promise((resolve) => resolver.once('change', resolve));
    try {
      expect(await ask()).toBe('DIRECT');
      await set('org.gnome.system.proxy.http', 'host', "'proxy.test'");
      await set('org.gnome.system.proxy.http', 'port', '3128');
      const manual = changed();
      await set('org.gnome.system.proxy', 'mode', "'manual'");
      await manual;
      expect(await ask()).toBe('PROXY proxy.test:3128');
      const moved = changed();
      await set('org.gnome.system.proxy.http', 'port', '8080');
      await moved;
      expect(await ask()).toBe('PROXY proxy.test:8080');
      const off = changed();
      await set('org.gnome.system.proxy', 'mode', "'none'");
      await off;
      expect(await ask()).toBe('DIRECT');
    } finally {
      resolver.close();
      await rm(home, { recursive: true });
    }
  });
});
