import { describe, expect, it } from 'vitest';
import { recording } from '../../../test/support/recordings.js';
import { summary } from '../../../test/support/summary.js';
import { parseEnvironment } from './environment.js';
import { interpretGsettings, parseGsettings } from './gsettings.js';
import { interpretKde, parseKioslaverc } from './kioslaverc.js';

const gnome = (name: string) => summary(interpretGsettings(parseGsettings(recording(`gnome/${name}`))));
const source = 'GNOME settings';

describe('GNOME settings', () => {
  it.each([
    ['unset', { source }],
    ['none', { source }],
    ['auto-detect', { source, autoDetect: true }],
    ['pac-url', { source, pacUrl: "http://pac.test/proxy.pac?a=1&b=it's" }],
    ['pac-file', { source, pacUrl: 'file:///etc/proxy.pac' }],
    ['manual-empty', undefined],
    ['manual-http', { source, http: 'PROXY proxy.test:3128', bypass: 'localhost, 127.0.0.0/8, [::1]' }],
    [
      'manual-all',
      {
        source,
        http: 'PROXY proxy.test:3128',
        https: 'PROXY secure.test:8443',
        ftp: 'PROXY ftp.test:2121',
        fallback: 'SOCKS5 socks.test:1080',
        bypass: "localhost, 127.0.0.0/8, [::1], *.corp.test, it's",
      },
    ],
    ['manual-socks', expect.objectContaining({ single: 'SOCKS5 socks.test:1080' })],
  ])('%s', (name, expected) => {
    expect(gnome(name)).toEqual(expected);
  });

  it('reads nothing from what is no such output', () => {
    expect(interpretGsettings(parseGsettings('No such schema “org.gnome.system.proxy”\n'))).toBeUndefined();
    expect(parseGsettings("org.gnome.system.proxy mode 'a\\u00e9\\n\\UFFFFFFFF'").mode).toBe('aé\n\\UFFFFFFFF');
  });
});

describe('KDE settings', () => {
  it('of Plasma', () => {
    expect(summary(interpretKde([parseKioslaverc(recording('kde/plasma-manual'))], {}))).toEqual({
      source: 'KDE settings',
      http: 'PROXY proxy.test:3128',
      https: 'PROXY secure.test:8443',
      fallback: 'SOCKS5 socks.test:1080',
      bypass: '*localhost, *.corp.test',
    });
    expect(summary(interpretKde([parseKioslaverc(recording('kde/plasma-pac'))], {}))).toEqual({
      source: 'KDE settings',
      pacUrl: 'http://pac.test/proxy.pac',
    });
  });

  it('passes over lines that are too long or have no end', () => {
    const settings = (line: string) => parseKioslaverc(`[Proxy Settings]\n${line}`).get('httpProxy');
    const value = 'x'.repeat(511 - 'httpProxy=\n'.length);
    expect(settings(`httpProxy=${value}\n`)).toBe(value);
    expect(settings(`httpProxy=${value}x\n`)).toBeUndefined();
    expect(settings('httpProxy=x')).toBeUndefined();
  });

  it('takes hostile files in linear time', () => {
    expect(parseKioslaverc(`[Proxy Settings]\n${'a'.repeat(2_000_000)}[`).size).toBe(0);
    expect(parseKioslaverc(`[Proxy Settings]\n${`${'['.repeat(500)}=\n`.repeat(1000)}`).size).toBeLessThanOrEqual(1);
  });
});

describe('the environment in Chromium’s reading', () => {
  it('says which values it did not use', () => {
    const notes = (env: Record<string, string>) => parseEnvironment(env)?.notes.join();
    expect(notes({ http_proxy: 'http://u:hunter2@p:1' })).toBe('the credentials in http_proxy are not used');
    expect(notes({ http_proxy: 'p:x', https_proxy: 'q:1' })).toBe('http_proxy names no proxy');
    expect(notes({ auto_proxy: 'no url' })).toContain('invalid');
  });
});
