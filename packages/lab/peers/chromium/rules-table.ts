import type { Configuration } from './configuration.js';

const KINDS = ['http://a.test/', 'https://a.test/', 'ws://a.test/', 'wss://a.test/'];
const LOOPBACK = [
  'http://localhost/',
  'http://sub.localhost:8080/',
  'https://127.0.0.1/',
  'http://127.8.9.1:3000/',
  'http://[::1]:8000/',
  'http://169.254.3.4/',
  'http://a.test/',
];
const SITES = [
  'http://example.test/',
  'https://example.test/',
  'http://www.example.test:8080/path',
  'http://badexample.test/',
  'http://example.test.other.test/',
];

/** Written by hand: each form of the grammar of proxy rules, over the kinds of URL. */
const RULES: Record<string, string> = {
  single: 'p1.test:8080',
  'single without port': 'p1.test',
  'list of proxies': 'p1.test:8080,p2.test:3128',
  'list ending in direct': 'p1.test,direct://',
  'direct only': 'direct://',
  'https proxy': 'https://p1.test:8443',
  'https proxy without port': 'https://p1.test',
  'socks5 proxy': 'socks5://p1.test:1081',
  'socks4 proxy': 'socks4://p1.test',
  'socks scheme means version 5': 'socks://p1.test',
  'mixed list': 'https://p1.test,socks5://p2.test,p3.test:8080',
  'one proxy per scheme': 'http=p1.test:8080;https=p2.test:3128',
  'http only': 'http=p1.test',
  'https only': 'https=p1.test',
  'socks fallback': 'http=p1.test;socks=p2.test',
  'socks fallback means version 4': 'socks=p1.test:1081',
  'socks fallback with version 5': 'socks=socks5://p1.test',
  'everything per scheme': 'http=p1.test;https=https://p2.test:8443;ftp=p4.test;socks=socks5://p3.test',
  'lists per scheme': 'http=p1.test,p2.test:8080;https=p3.test,direct://',
  'same scheme twice': 'http=p1.test;http=p2.test',
  'single before schemes': 'p1.test;http=p2.test',
  'schemes before single': 'http=p1.test;p2.test',
  'unknown key': 'gopher=p1.test;https=p2.test',
  'unknown scheme of a proxy': 'foo://p1.test',
  'unknown scheme for http': 'http=foo://p1.test;https=p2.test',
  'unknown scheme in a list': 'foo://p1.test,p2.test',
  'white space': ' http = p1.test:8080 ; https = p2.test ',
  'empty parts': ';;http=p1.test;;',
  'empty entries of a list': 'p1.test,,p2.test',
  'address literal': '10.1.0.5:3128',
  'IPv6 literal': '[fd00::15]:3128',
  'upper case': 'HTTP=P1.TEST:8080;HTTPS=SOCKS5://P2.TEST',
  'port out of range': 'p1.test:99999,p2.test',
  'proxy with a path': 'http://p1.test:8080/path',
  'credentials in a proxy': 'http://user:secret@p1.test:8080,p2.test',
  empty: '',
};

/** Written by hand: each form of a bypass rule, over URLs that it should and should not match. */
const BYPASS: Record<string, { bypass: string; urls: string[] }> = {
  'host name': { bypass: 'example.test', urls: SITES },
  'suffix with star': { bypass: '*.example.test', urls: SITES },
  'suffix with dot': { bypass: '.example.test', urls: SITES },
  'suffix without dot': { bypass: '*example.test', urls: SITES },
  'star within': { bypass: 'ex*le.test', urls: SITES },
  'trailing star': { bypass: 'example.*', urls: SITES },
  'upper case': { bypass: 'EXAMPLE.Test', urls: SITES },
  'with port': { bypass: 'example.test:443;*.example.test:8080', urls: SITES },
  'with scheme': { bypass: 'https://example.test', urls: SITES },
  'with scheme and port': { bypass: 'http://*.example.test:8080,https://*:443', urls: SITES },
  'any host on a port': { bypass: '*:8080', urls: SITES },
  'web sockets by scheme': { bypass: 'ws://a.test', urls: KINDS },
  'secure web sockets by scheme': { bypass: 'wss://*', urls: KINDS },
  everything: { bypass: '*', urls: [...KINDS, 'http://10.20.0.5/'] },
  'white space and empty parts': { bypass: ' example.test ;;, .example.test ,', urls: SITES },
  'several rules': { bypass: 'a.test,*.other.test;10.0.0.0/8', urls: [...SITES, 'http://10.1.2.3/', 'http://a.test/'] },
  'names without a dot': {
    bypass: '<local>',
    urls: [
      'http://intranet/',
      'https://intranet:8443/',
      'http://inside.corp.test/',
      'http://10.20.0.5/',
      'http://[2001:db8::5]/',
    ],
  },
  'address literal': {
    bypass: '10.20.0.5',
    urls: ['http://10.20.0.5/', 'http://10.20.0.6/', 'http://inside.corp.test/'],
  },
  'IPv4 range': {
    bypass: '10.20.0.0/16',
    urls: ['http://10.20.0.5/', 'https://10.20.255.1/', 'http://10.21.0.1/', 'http://inside.corp.test/'],
  },
  'short IPv4 range': { bypass: '10.20/16', urls: ['http://10.20.0.5/', 'http://10.0.0.20/', 'http://10.0.9.9/'] },
  'range with odd bits': {
    bypass: '192.168.7.9/20',
    urls: ['http://192.168.0.1/', 'http://192.168.15.1/', 'http://192.168.16.1/'],
  },
  'range with scheme': { bypass: 'https://10.20.0.0/16', urls: ['http://10.20.0.5/', 'https://10.20.0.5/'] },
  'IPv6 range': { bypass: '[2001:db8::]/32', urls: ['http://[2001:db8::5]/', 'http://[2001:db9::5]/'] },
  'IPv6 range without brackets': { bypass: '2001:db8::/32', urls: ['http://[2001:db8::5]/', 'http://[2001:db9::5]/'] },
  'IPv6 literal': { bypass: '[2001:db8::5]', urls: ['http://[2001:db8::5]/', 'http://[2001:db8::6]/'] },
  'IPv6 literal with port': {
    bypass: '[2001:db8::5]:8080',
    urls: ['http://[2001:db8::5]/', 'http://[2001:db8::5]:8080/'],
  },
  'IPv4 in IPv6': { bypass: '10.20.0.0/16', urls: ['http://[::ffff:10.20.0.5]/', 'http://[::ffff:10.21.0.5]/'] },
  'no rule, implicit loopback': { bypass: '', urls: LOOPBACK },
  'loopback too': { bypass: '<-loopback>', urls: LOOPBACK },
  'loopback cancelled after a rule': { bypass: 'localhost;<-loopback>', urls: LOOPBACK },
  'rule after cancelled loopback': { bypass: '<-loopback>;localhost;127.0.0.1', urls: LOOPBACK },
  'local and loopback': { bypass: '<local>;<-loopback>', urls: [...LOOPBACK, 'http://intranet/'] },
  'loopback and local': { bypass: '<-loopback>;<local>', urls: [...LOOPBACK, 'http://intranet/'] },
  'unusable rules': { bypass: 'http://;:80;<x>;example.test', urls: SITES },
  'trailing dot': { bypass: 'example.test', urls: ['http://example.test./', 'http://example.test/'] },
};

/** Configurations made of rules. */
export const RULES_TABLE: readonly Configuration[] = [
  ...Object.entries(RULES).map(([name, rules]) => ({ id: `rules: ${name}`, rules, urls: KINDS })),
  ...Object.entries(BYPASS).map(([name, { bypass, urls }]) => ({
    id: `bypass: ${name}`,
    rules: 'p1.test:8080',
    bypass,
    urls,
  })),
];
