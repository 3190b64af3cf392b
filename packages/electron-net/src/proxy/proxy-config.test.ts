import { describe, expect, test, vi } from 'vitest';
import { Switches } from '../app/command-line.js';
import { checkProxyConfig, configOfSwitches, type ProxyConfig } from './proxy-config.js';

describe('a configuration', () => {
  test.each<[ProxyConfig, ProxyConfig]>([
    [{}, { mode: 'fixed_servers', proxyRules: '', proxyBypassRules: '' }],
    [{ proxyRules: 'a:1' }, { mode: 'fixed_servers', proxyRules: 'a:1', proxyBypassRules: '' }],
    [
      { pacScript: 'http://a/', proxyRules: 'a:1' },
      { mode: 'pac_script', pacScript: 'http://a/' },
    ],
    [
      { mode: 'fixed_servers', pacScript: 'http://a/', proxyRules: 'a:1' },
      { mode: 'fixed_servers', proxyRules: 'a:1', proxyBypassRules: '' },
    ],
    [{ mode: 'pac_script' }, { mode: 'direct' }],
    [
      { mode: null, pacScript: null, proxyRules: 'a:1', proxyBypassRules: null } as never,
      { mode: 'fixed_servers', proxyRules: 'a:1', proxyBypassRules: '' },
    ],
  ])('%j means %j', (given, meant) => expect(checkProxyConfig(given)).toEqual(meant));

  test.each<[unknown, string]>([
    [{ mode: 'other' }, 'Invalid mode'],
    [{ mode: 'env' }, 'Invalid mode'],
    [null, 'setProxy needs an object'],
    [{ proxyRules: 1 }, '`proxyRules` should be a string'],
    [{ pacScript: 'no URL' }, '`pacScript` should be a URL'],
  ])('%j is refused', (given, message) => expect(() => checkProxyConfig(given as ProxyConfig)).toThrow(message));
});

describe('switches', () => {
  test.each<[string[], ProxyConfig]>([
    [[], { mode: 'system' }],
    [['--proxy-bypass-list=a'], { mode: 'system' }],
    [['--proxy-auto-detect', '--proxy-server=a'], { mode: 'auto_detect' }],
    [['--proxy-pac-url=http://a/', '--proxy-auto-detect'], { mode: 'pac_script', pacScript: 'http://a/' }],
    [['--no-proxy-server', '--proxy-pac-url=http://a/', '--proxy-server=a'], { mode: 'direct' }],
    [
      ['--proxy-server=http=a:1;https=b:2', '--proxy-bypass-list=*.test'],
      { mode: 'fixed_servers', proxyRules: 'http=a:1;https=b:2', proxyBypassRules: '*.test' },
    ],
  ])('%j mean %j', (argv, config) => expect(configOfSwitches(new Switches(argv))).toEqual(config));

  test('that name no PAC script are told of once, without what may be secret, and lead to no proxy', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    for (const value of ['nonsense', 'http://alice:secret@[nonsense?key=hush', 'nonsense']) {
      expect(configOfSwitches(new Switches([`--proxy-pac-url=${value}`]))).toEqual({ mode: 'direct' });
    }
    expect(configOfSwitches(new Switches(['--proxy-pac-url=']))).toEqual({ mode: 'direct' });
    const message = ' has to be a URL such as http://host/proxy.pac; connections are made directly';
    expect(warned.mock.calls).toEqual([
      [`--proxy-pac-url=nonsense${message}`],
      [`--proxy-pac-url=…@[nonsense?…${message}`],
    ]);
    warned.mockRestore();
  });
});
