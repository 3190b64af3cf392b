import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { run } from '../testbed/daemons.js';
import { at } from '../testbed/layout.js';
import { whyPending } from './capabilities.js';
import { pending } from './pending.js';

/** Folders of a user of its own, so that no setting of this machine is read or written. */
const HOME = { XDG_CONFIG_HOME: at('gnome', 'config'), XDG_RUNTIME_DIR: at('gnome', 'run'), HOME: at('gnome') };

describe('settings of a GNOME session without a display', () => {
  it('are written over a bus and read without one', async () => {
    for (const folder of Object.values(HOME)) await mkdir(folder, { recursive: true, mode: 0o700 });
    await set('org.gnome.system.proxy', 'mode', "'manual'");
    await set('org.gnome.system.proxy.http', 'host', "'proxy.test'");
    await set('org.gnome.system.proxy.http', 'port', '3128');
    await set('org.gnome.system.proxy', 'ignore-hosts', "['*.corp.test', '10.0.0.0/8']");

    expect(await get('org.gnome.system.proxy', 'mode')).toBe("'manual'");
    expect(await get('org.gnome.system.proxy.http', 'host')).toBe("'proxy.test'");
    expect(await get('org.gnome.system.proxy.http', 'port')).toBe('3128');
    expect(await get('org.gnome.system.proxy', 'ignore-hosts')).toBe("['*.corp.test', '10.0.0.0/8']");
  });

  const reason = whyPending('GNOME settings');
  if (reason) pending('netloom: GNOME settings', reason);
});

function set(schema: string, key: string, value: string): Promise<string> {
  return run('dbus-run-session', ['--', 'gsettings', 'set', schema, key, value], HOME);
}

async function get(schema: string, key: string): Promise<string> {
  return (await run('gsettings', ['get', schema, key], HOME)).trim();
}
