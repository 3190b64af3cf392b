import type { Configuration } from './configuration.js';

const HOSTS = [
  'http://a.test/',
  'https://inside.corp.test/deep/path?query',
  'http://intranet:8080/',
  'http://10.20.0.5/',
];
const KINDS = ['http://a.test/p?q', 'https://a.test/p?q', 'ws://a.test/p?q', 'wss://a.test/p?q'];
const TO = (condition: string) => `(${condition}) ? 'PROXY p1.test:8080' : 'DIRECT'`;

/** A script that decides by one expression. */
const expression = (text: string) => `function FindProxyForURL(url, host) { return ${text}; }`;

const SCRIPTS: Record<string, { pac: string; urls?: string[] }> = {
  direct: { pac: expression(`'DIRECT'`) },
  'one proxy': { pac: expression(`'PROXY p1.test:8080'`) },
  'one proxy, web sockets': { pac: expression(`'PROXY p1.test:8080; DIRECT'`), urls: KINDS },
  'kinds of proxies': {
    pac: expression(`'HTTPS p1.test:8443; SOCKS5 p2.test:1080; SOCKS p3.test; HTTP p4.test:80; DIRECT'`),
  },
  'socks only': { pac: expression(`'SOCKS p3.test:1081'`) },
  'socks4 by name': { pac: expression(`'SOCKS4 p3.test'`) },
  'socks5 for secure sockets': { pac: expression(`'SOCKS5 p2.test'`), urls: KINDS },
  'lower case and spaces': { pac: expression(`'  proxy   p1.test:8080 ;;  direct ;'`) },
  'unknown entries': { pac: expression(`'FOO p1.test; PROXY p2.test:8080; PROXY; DIRECT x'`) },
  'nothing usable': { pac: expression(`'FOO p1.test'`) },
  'empty result': { pac: expression(`''`) },
  'result is no string': { pac: expression('null') },
  'result is undefined': { pac: 'function FindProxyForURL(url, host) {}' },
  'result is a number': { pac: expression('42') },
  'script throws': { pac: `function FindProxyForURL(url, host) { throw new Error('no'); }` },
  'script does not parse': { pac: 'function FindProxyForURL(url, host) { return ' },
  'script without the function': { pac: 'var FindProxyForURL = 1;' },
  'modern syntax': {
    pac: `const FindProxyForURL = (url, host) => { const m = new Map([['a.test', 'PROXY p2.test:8080']]); return m.get(host) ?? 'DIRECT' }`,
  },
  'function of a later name': {
    pac: `function FindProxyForURL(url, host) { return pick(host); } function pick(host) { return host.length > 8 ? 'PROXY p1.test:80' : 'PROXY p2.test:80'; }`,
  },
  isPlainHostName: { pac: expression(TO('isPlainHostName(host)')) },
  dnsDomainIs: {
    pac: expression(TO(`dnsDomainIs(host, '.corp.test')`)),
    urls: [...HOSTS, 'http://xcorp.test/', 'http://corp.test/'],
  },
  'dnsDomainIs without dot': {
    pac: expression(TO(`dnsDomainIs(host, 'corp.test')`)),
    urls: ['http://xcorp.test/', 'http://corp.test/', 'http://a.corp.test/'],
  },
  localHostOrDomainIs: {
    pac: expression(TO(`localHostOrDomainIs(host, 'intranet.corp.test')`)),
    urls: ['http://intranet/', 'http://intranet.corp.test/', 'http://intra.corp.test/'],
  },
  dnsDomainLevels: { pac: expression(TO('dnsDomainLevels(host) >= 2')) },
  'shExpMatch of hosts': { pac: expression(TO(`shExpMatch(host, '*.corp.*')`)) },
  'shExpMatch of URLs': { pac: expression(TO(`shExpMatch(url, '*/p*')`)), urls: KINDS },
  'shExpMatch with question mark': {
    pac: expression(TO(`shExpMatch(host, '?.test')`)),
    urls: ['http://a.test/', 'http://ab.test/'],
  },
  'URL seen by the script': {
    pac: expression(`'PROXY p' + (url.split('/').length) + '.test:80'`),
    urls: [...KINDS, 'https://a.test/x/y/z', 'http://a.test/x#f'],
  },
  'port in the URL': {
    pac: expression(TO(`url.indexOf(':8443') > 0`)),
    urls: ['https://a.test:8443/', 'https://a.test:443/', 'http://a.test:8080/'],
  },
  'host of IPv6 URLs': {
    pac: expression(TO(`host === '2001:db8::5'`)),
    urls: ['http://[2001:db8::5]/', 'http://[2001:db8::6]/'],
  },
  'isInNet of an address': { pac: expression(TO(`isInNet(host, '10.20.0.0', '255.255.0.0')`)) },
  'isInNet of a name': {
    pac: expression(TO(`isInNet(host, '10.20.44.0', '255.255.255.0')`)),
    urls: ['http://printer.corp.test/', 'http://inside.corp.test/', 'http://no.missing.test/'],
  },
  isResolvable: {
    pac: expression(`isResolvable(host) ? 'PROXY p1.test:80' : 'PROXY p2.test:80'`),
    urls: ['http://a.test/', 'http://no.missing.test/', 'https://10.20.0.5/'],
  },
  dnsResolve: {
    pac: expression(`dnsResolve(host) === '10.20.0.7' ? 'PROXY p1.test:80' : 'PROXY p2.test:80'`),
    urls: [...HOSTS, 'http://no.missing.test/'],
  },
  'dnsResolve of several names': {
    pac: expression(
      `['no.missing.test', 'branch.corp.test'].some(isResolvable) && dnsResolve('branch.corp.test') === '172.16.8.1' ? 'PROXY p3.test:80' : 'DIRECT'`,
    ),
  },
  isInNetEx: {
    pac: expression(TO(`isInNetEx(dnsResolve(host), '10.20.0.0/16')`)),
    urls: ['http://printer.corp.test/', 'http://branch.corp.test/'],
  },
  convert_addr: {
    pac: expression(TO(`(convert_addr(dnsResolve(host)) & 0xff) === 7`)),
    urls: ['http://inside.corp.test/', 'http://printer.corp.test/'],
  },
  'implicit loopback': {
    pac: expression(`'PROXY p1.test:8080'`),
    urls: [
      'http://localhost/',
      'http://x.localhost/',
      'http://127.3.2.1/',
      'http://[::1]/',
      'http://169.254.3.4/',
      'http://a.test/',
    ],
  },
  'URL with user and fragment': {
    pac: expression(TO(`url.indexOf('@') > 0 || url.indexOf('#') > 0`)),
    urls: ['http://a.test/x#fragment', 'http://user:pw@a.test/'],
  },
  'upper case host': { pac: expression(TO(`host === 'a.test'`)), urls: ['http://A.TEST/', 'http://a.test./'] },
  'IPv6 proxy': { pac: expression(`'PROXY [fd00::15]:3128; DIRECT'`) },
  'proxy without port': { pac: expression(`'PROXY p1.test; HTTPS p2.test; SOCKS p3.test'`) },
  'proxy with a bad port': { pac: expression(`'PROXY p1.test:99999; PROXY p2.test:x; PROXY p3.test:80'`) },
  'direct first': { pac: expression(`'DIRECT; PROXY p1.test:80'`) },
  'same proxy twice': { pac: expression(`'PROXY p1.test:80; PROXY p1.test:80; DIRECT'`) },
};

/** Configurations made of a PAC script. */
export const PAC_TABLE: readonly Configuration[] = Object.entries(SCRIPTS).map(([name, { pac, urls = HOSTS }]) => ({
  id: `pac: ${name}`,
  pac,
  urls,
}));
