/** Scripts of 500 rules in our engine and in pac-resolver, in one run; look-ups take no time. */
import type { PacEngine, PacNetwork } from '@netloom/contracts';
import { createProxyResolver, pacResolverEngine, quickJsEngine } from '@netloom/proxy-resolver';
import { compare, report } from '../lib/compare.js';

const RULES = 500;
const rule = (i: number) =>
  `if (shExpMatch(host, '*.domain${i}.example') || dnsDomainIs(host, '.other${i}.test')) return 'PROXY p${i}.test:8080';`;
const rules = Array.from({ length: RULES }, (_, i) => rule(i)).join('\n');
// A counter makes both evaluate every time: nothing is proved, and so nothing remembered.
const scriptOf = (before: string) =>
  `var n = 0; function FindProxyForURL(url, host) { n++; ${before}\n${rules}\nreturn 'DIRECT'; }`;
const SCRIPTS = {
  'without look-ups': scriptOf(''),
  'with look-ups': scriptOf(
    `if (isInNet(host, '10.0.0.0', '255.0.0.0') || isResolvable('a.test')) return 'PROXY in.test:1';`,
  ),
};

/** Answers at once, and never twice from memory: every evaluation has its look-ups. */
const network: PacNetwork = { query: async () => ({ value: null, ttl: 0 }) };

async function find(engine: PacEngine, source: string) {
  const program = await engine.load(source, { name: 'bench', network, alert: () => undefined });
  return { program, run: () => program.find('http://www.example.org/', 'www.example.org') };
}

for (const [name, source] of Object.entries(SCRIPTS)) {
  const theirs = await find(pacResolverEngine(), source);
  const ours = await find(quickJsEngine(), source);
  // Ratios are of speed: at least 1 / 0.6 without look-ups, 1 / 2.0 with, are wanted.
  report(`500 rules ${name}, speed`, await compare({ 'pac-resolver': theirs.run, netloom: ours.run }, { parallel: 1 }));
  theirs.program.close();
  ours.program.close();
}

const stateless = `function FindProxyForURL(url, host) { ${rules}\nreturn 'DIRECT'; }`;
const resolver = createProxyResolver({ pacScript: `data:,${encodeURIComponent(stateless)}` });
const origin = new URL('https://www.example.org/');
while ((await resolver.resolve(origin)).why.notes === undefined)
  await new Promise((resolve) => setTimeout(resolve, 10));
let count = 0;
report(
  'a script of 500 rules, a repeated https origin, speed',
  await compare(
    {
      evaluated: () => resolver.resolve(new URL(`http://www.example.org/${count++}`)),
      remembered: () => resolver.resolve(origin),
    },
    { parallel: 1 },
  ),
);
resolver.close();
