import { describe, expect, it } from 'vitest';
import { recording } from '../../../test/support/recordings.js';
import { summary } from '../../../test/support/summary.js';
import { interpretMacos } from './interpret.js';

const source = 'macOS settings';
const usual = '*.local, 169.254/16';

describe('macOS settings', () => {
  it.each([
    ['off', { source, bypass: usual }],
    ['auto-detect', { source, autoDetect: true, bypass: usual }],
    ['pac', { source, pacUrl: 'http://pac.test/proxy.pac?a=b', bypass: usual }],
    ['pac-switched-off', { source }],
    [
      'manual',
      {
        source,
        http: 'PROXY proxy.test:3128',
        https: 'PROXY secure.test:8443',
        ftp: 'PROXY ftp.test:2121',
        fallback: 'SOCKS5 socks.test:1080',
        bypass: `<local>, ${usual}, *.corp.test, 10.0.0.0/8`,
      },
    ],
    ['manual-http', { source, http: 'PROXY [fd00::1]:80' }],
    ['scoped', { source, http: 'PROXY proxy.test:3128', bypass: usual }],
    ['broken', undefined],
  ])('%s', (name, expected) => {
    expect(summary(interpretMacos(recording(`macos/${name}`)))).toEqual(expected);
  });

  it('may be no settings at all', () => {
    expect(interpretMacos('')).toBeUndefined();
    expect(interpretMacos('No proxy configuration available\n')).toBeUndefined();
    expect(interpretMacos('<dictionary> {\n  __proto__ : x\n  ExceptionsList : none\n}')?.bypass.rules).toEqual([]);
  });
});
