import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../src/pac/fetch/charset.js';
import { readDataUrl } from '../src/pac/fetch/data-url.js';
import { keepsNoState } from '../src/pac/worker/stateless/keeps-no-state.js';
import { parseEnvironment } from '../src/system/linux/environment.js';
import { interpretGsettings, parseGsettings } from '../src/system/linux/gsettings.js';
import { interpretKde, parseKioslaverc } from '../src/system/linux/kioslaverc.js';
import { interpretMacos } from '../src/system/macos/interpret.js';
import { parseConnectionSettings } from '../src/system/windows/connection-settings.js';
import { interpretWindows } from '../src/system/windows/interpret.js';
import { decodeAck } from '../src/wpad/dhcp-message.js';
import { parseDhclientLeases } from '../src/wpad/linux/dhclient.js';
import { parseNetworkManager } from '../src/wpad/linux/network-manager.js';
import { parseNetworkdLease } from '../src/wpad/linux/networkd.js';
import { recording } from './support/recordings.js';

/** A recorded output with one piece of it exchanged, doubled or cut. */
const brokenOf = (path: string) =>
  fc
    .tuple(fc.nat(), fc.nat({ max: 40 }), fc.string({ unit: 'binary', maxLength: 20 }), fc.constant(recording(path)))
    .map(([at, length, piece, text]) => {
      const start = at % text.length;
      return text.slice(0, start) + piece + text.slice(start + length);
    });

/** What does not throw for any input, and where inputs come from. */
const PARSERS: Readonly<Record<string, readonly [path: string, parse: (text: string) => unknown]>> = {
  GNOME: ['gnome/manual-all', (text) => interpretGsettings(parseGsettings(text))],
  KDE: ['kde/plasma-manual', (text) => interpretKde([parseKioslaverc(text)], {})],
  macOS: ['macos/manual', interpretMacos],
  'the registry': ['windows/values-only', (user) => interpretWindows({ user })],
  'connections of the registry': [
    'windows/everything.connections',
    (userConnections) => interpretWindows({ userConnections }),
  ],
  NetworkManager: ['dhcp/nmcli', parseNetworkManager],
  dhclient: ['dhcp/dhclient', (text) => parseDhclientLeases(text, 0)],
  'systemd-networkd': ['dhcp/networkd', parseNetworkdLease],
};

describe('whatever the system prints, it is read or passed over:', () => {
  it.each(Object.entries(PARSERS))('%s', (_, [path, parse]) => {
    fc.assert(fc.property(fc.oneof(brokenOf(path), fc.string({ unit: 'binary' })), (text) => void parse(text)));
  });

  it('the environment', () => {
    const names = ['auto_proxy', 'all_proxy', 'http_proxy', 'https_proxy', 'SOCKS_SERVER', 'SOCKS_VERSION', 'no_proxy'];
    const env = fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' }));
    fc.assert(fc.property(env, (variables) => void parseEnvironment(variables)));
  });

  it('binary settings of Windows', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseConnectionSettings(Buffer.from(bytes))));
  });
});

describe('whatever the network sends', () => {
  it('answers of DHCP servers are read or passed over', () => {
    const head = Uint8Array.from({ length: 240 }, (_, i) => [2, 1, 6, 0, 0, 0, 0, 7][i] ?? 0);
    head.set([0x63, 0x82, 0x53, 0x63], 236);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (options) => {
        const url = decodeAck(Uint8Array.from([...head, ...options]), 7);
        expect(url === undefined || url === null || url.length > 0).toBe(true);
      }),
    );
  });

  it('an option of nothing but spaces takes no longer than others', () => {
    const spaces = '20'.repeat(200_000);
    expect(parseNetworkdLease(`OPTION_252=${spaces}`)).toBeUndefined();
    expect(parseNetworkdLease(`OPTION_252=${spaces}78`)).toHaveLength(200_001);
  });

  it('scripts are text in some character set, and data URLs are errors of ours at worst', async () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, charset) => {
        expect(typeof decodeText(bytes, `text/plain; charset=${charset}`)).toBe('string');
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const outcome = await readDataUrl(`data:${text}`).catch((error: { code: string }) => error.code);
        if (typeof outcome === 'string') expect(outcome).toBe('ERR_INVALID_URL');
      }),
    );
  });

  it('the proof takes any text for a script', async () => {
    const words = [
      'function',
      'FindProxyForURL',
      '(',
      ')',
      '{',
      '}',
      'return',
      'host',
      'var',
      '=',
      '=>',
      '?.',
      '`',
      '${',
    ];
    const source = fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(source, async (pieces) => {
        expect(typeof (await keepsNoState(pieces.join(' ')))).toBe('boolean');
      }),
    );
  });
});
