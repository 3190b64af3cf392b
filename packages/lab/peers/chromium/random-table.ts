import type { Configuration, ProxySettings } from './configuration.js';

type Random = () => number;

/** Mulberry32: 32 bits of state, the same numbers everywhere. */
function numbersFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const HOSTS = [
  ...['a.test', 'www.a.test', 'b.a.test', 'example.test', 'shop.example.test', 'badexample.test', 'intranet', 'x'],
  ...['inside.corp.test', 'printer.corp.test', 'branch.corp.test', '10.20.0.5', '10.21.7.7', '192.168.7.9'],
  ...['[2001:db8::5]', '[2001:db8:1::6]', 'localhost', '127.0.0.1', 'my.localhost', '203.0.113.9'],
];
const PORTS: Record<string, readonly string[]> = {
  http: ['', '', ':8080', ':3000'],
  https: ['', '', ':8443'],
  ws: ['', ':8000'],
  wss: ['', ':8443'],
};
const PROXIES = ['p1.test', 'p2.test:8080', 'p3.test:3128', '10.1.0.4:8888', 'p5.test:80', 'p6.test:443'];
const PREFIXES = ['', '', '', 'http://', 'https://', 'socks4://', 'socks5://', 'socks://'];
const SHAPES: readonly ((random: Random) => string)[] = [
  (random) => plain(random),
  (random) => `*.${suffix(random)}`,
  (random) => `.${suffix(random)}`,
  (random) => `*${suffix(random)}`,
  (random) => `${plain(random)}:${pick(random, ['80', '443', '8080', '8443'])}`,
  (random) => `${pick(random, ['http', 'https', 'ws', 'wss'])}://${plain(random)}`,
  (random) => `${pick(random, ['10.20.0.0', '192.168.0.0', '203.0.113.0', '10.0.0.0'])}/${8 + integer(random, 20)}`,
  (random) => `[2001:db8::]/${pick(random, ['32', '48', '64'])}`,
  () => '<local>',
  () => '<-loopback>',
  (random) => `*${pick(random, ['a', 'in', 'corp', '8'])}*`,
];
const CONDITIONS: readonly ((random: Random) => string)[] = [
  () => 'isPlainHostName(host)',
  (random) => `dnsDomainIs(host, '.${suffix(random)}')`,
  (random) => `localHostOrDomainIs(host, '${pick(random, ['www.a.test', 'intranet.corp.test', 'inside.corp.test'])}')`,
  (random) => `shExpMatch(host, '${pick(random, ['*.test', '*a*', '10.*', '?.test', '*.corp.*', '*example*'])}')`,
  (random) => `shExpMatch(url, '${pick(random, ['https:*', '*:8080/*', 'ws*://*', '*/one', '*/'])}')`,
  (random) => `isInNet(host, '${pick(random, ['10.20.0.0', '172.16.0.0', '192.168.0.0'])}', '255.255.0.0')`,
  (random) => `dnsDomainLevels(host) ${pick(random, ['>', '<', '==='])} ${integer(random, 3)}`,
  (random) => `isResolvable('${pick(random, ['a.test', 'no.missing.test', 'printer.corp.test'])}')`,
  (random) => `host.length % ${2 + integer(random, 3)} === 0`,
  (random) => `/${pick(random, ['^https', '^ws', 'corp', '[0-9]', 'a.test'])}/.test(url)`,
];

/**
 * Configurations and URLs made at random, the same for the same seed.
 *
 * @param count - number of configurations.
 * @param each - number of URLs for each.
 */
export function randomTable(seed: number, count: number, each: number): Configuration[] {
  const random = numbersFrom(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: `random-${seed}-${index}`,
    ...(random() < 0.6 ? rules(random) : { pac: script(random) }),
    urls: [...new Set(Array.from({ length: each }, () => url(random)))],
  }));
}

function integer(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[integer(random, from.length)]!;
}

function url(random: Random): string {
  const scheme = pick(random, ['http', 'http', 'https', 'https', 'ws', 'wss']);
  return `${scheme}://${pick(random, HOSTS)}${pick(random, PORTS[scheme]!)}/${pick(random, ['', 'one', 'one/two?three'])}`;
}

function plain(random: Random): string {
  return pick(random, HOSTS);
}

function suffix(random: Random): string {
  return pick(random, ['test', 'a.test', 'example.test', 'corp.test', 'localhost', 'xample.test']);
}

function rules(random: Random): ProxySettings {
  const perScheme = random() < 0.5;
  const keys = ['http', 'https', 'socks'].filter(() => random() < 0.6);
  const text = perScheme ? keys.map((key) => `${key}=${proxies(random)}`).join(';') : proxies(random);
  const bypass = Array.from({ length: integer(random, 5) }, () => pick(random, SHAPES)(random));
  return { rules: text, ...(bypass.length > 0 && { bypass: bypass.join(pick(random, [';', ',', '; '])) }) };
}

function proxies(random: Random): string {
  const list = Array.from({ length: 1 + integer(random, 3) }, () => pick(random, PREFIXES) + pick(random, PROXIES));
  if (random() < 0.3) list.push('direct://');
  return list.join(',');
}

function script(random: Random): string {
  const lines = Array.from({ length: 1 + integer(random, 4) }, () => {
    const condition = pick(random, CONDITIONS)(random);
    return `  if (${random() < 0.2 ? '!' : ''}(${condition})) return '${result(random)}';`;
  });
  return `function FindProxyForURL(url, host) {\n${lines.join('\n')}\n  return '${result(random)}';\n}`;
}

function result(random: Random): string {
  const kinds = ['PROXY', 'PROXY', 'HTTPS', 'SOCKS', 'SOCKS5', 'SOCKS4', 'HTTP'];
  const list = Array.from({ length: integer(random, 3) }, () => `${pick(random, kinds)} ${pick(random, PROXIES)}`);
  if (list.length === 0 || random() < 0.4) list.push('DIRECT');
  return list.join('; ');
}
