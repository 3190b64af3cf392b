import { mkdir } from 'node:fs/promises';
import { createProxyResolver } from '@netloom/proxy-resolver';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../testbed/daemons.js';
import { at } from '../testbed/layout.js';

/** Folders of a user of its own, so that no setting of this machine is read or written. */
const HOME = { XDG_CONFIG_HOME: at('gnome', 'config'), XDG_RUNTIME_DIR: at('gnome', 'run'), HOME: at('gnome') };

beforeAll(async () => {
  for (const folder of Object.values(HOME)) await mkdir(folder, { recursive: true, mode: 0o700 });
});

describe('settings of a GNOME session without a display', () => {
  it('are written over a bus and read without one', async () => {
    await set('org.gnome.system.proxy', 'mode', "'manual'");
    await set('org.gnome.system.proxy.http', 'host', "'proxy.test'");
    await set('org.gnome.system.proxy.http', 'port', '3128');
    await set('org.gnome.system.proxy', 'ignore-hosts', "['*.corp.test', '10.0.0.0/8']");

    expect(await get('org.gnome.system.proxy', 'mode')).toBe("'manual'");
    expect(await get('org.gnome.system.proxy.http', 'host')).toBe("'proxy.test'");
    expect(await get('org.gnome.system.proxy.http', 'port')).toBe('3128');
    expect(await get('org.gnome.system.proxy', 'ignore-hosts')).toBe("['*.corp.test', '10.0.0.0/8']");
  });

  it('are what netloom goes by, and it follows them', async () => {
    await set('org.gnome.system.proxy', 'mode', "'none'");
    const env = { ...HOME, XDG_CURRENT_DESKTOP: 'GNOME' };
    const resolver = createProxyResolver({ mode: 'system' }, { env, platform: 'linux' });
    const ask = async (url = 'http://web.test/') => (await resolver.resolve(new URL(url))).pac;
    const change = () => new Promise((resolve) => resolver.once('change', resolve));
    try {
      expect(await ask()).toBe('DIRECT');
      const manual = change();
      await set('org.gnome.system.proxy.http', 'host', "'proxy.test'");
      await set('org.gnome.system.proxy.http', 'port', '3128');
      await set('org.gnome.system.proxy', 'ignore-hosts', "['*.corp.test', '10.0.0.0/8']");
      await set('org.gnome.system.proxy', 'mode', "'manual'");
      await manual;
      expect(await ask()).toBe('PROXY proxy.test:3128');
      expect(await ask('http://wiki.corp.test/')).toBe('DIRECT');
      const automatic = change();
      const script = encodeURIComponent('function FindProxyForURL() { return "PROXY by-script.test:1" }');
      await set('org.gnome.system.proxy', 'autoconfig-url', `'data:,${script}'`);
      await set('org.gnome.system.proxy', 'mode', "'auto'");
      await automatic;
      expect(await ask()).toBe('PROXY by-script.test:1');
    } finally {
      resolver.close();
    }
  });
});

function set(schema: string, key: string, value: string): Promise<string> {
  return run('dbus-run-session', ['--', 'gsettings', 'set', schema, key, value], HOME);
}

async function get(schema: string, key: string): Promise<string> {
  return (await run('gsettings', ['get', schema, key], HOME)).trim();
}
