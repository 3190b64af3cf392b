import type { Case } from '../harness/measure.js';
import { hostileScripts } from './hostile.js';
import { compareAll, entrants, type Scenario } from './scenario.js';

const RULES = 500;
const rules = Array.from(
  { length: RULES },
  (_, i) =>
    `if (shExpMatch(host, '*.domain${i}.example') || dnsDomainIs(host, '.other${i}.test')) return 'PROXY p${i}.test:8080';`,
).join('\n');
const LOOK_UPS = `if (isInNet(host, '10.0.0.0', '255.0.0.0') || isResolvable('a.test')) return 'PROXY in.test:1';`;

/** A counter makes every engine evaluate every time: nothing can be proved of such a script, and so nothing remembered. */
const counting = (body: string) => `var n = 0; ${stateless(`n++; ${body}`)}`;
const stateless = (body: string) => `function FindProxyForURL(url, host) { ${body}\nreturn 'DIRECT'; }`;

/** A script in our engine and in pac-resolver, at a new origin every time. */
function engines(name: string, pac: string): Case {
  return {
    name,
    base: 'pac-resolver',
    task: { kind: 'call', url: 'http://www{n}.example.org/' },
    parallel: 1,
    contestants: entrants(['pac-resolver', 'PAC in netloom'], { connections: 1, pac }),
  };
}

export const pac: Scenario = {
  name: 'pac',
  summary: 'PAC scripts, trivial and of 500 rules, and requests through the proxy that one chose',
  async run({ servers, ...bench }) {
    const viaProxy = `function FindProxyForURL(url, host) { return 'PROXY ${new URL(servers.proxy).host}'; }`;
    const settingOf = (script: string) => ({ connections: 1, pac: script });
    const results = await compareAll({ servers, ...bench }, [
      engines('a trivial script', counting('')),
      engines('500 rules', counting(rules)),
      engines('500 rules and look-ups', counting(`${LOOK_UPS}\n${rules}`)),
      {
        name: '500 rules, the same https origin again',
        base: 'evaluated',
        task: { kind: 'call', url: 'https://www.example.org/' },
        parallel: 1,
        contestants: {
          evaluated: { contestant: 'PAC resolver of netloom', setting: settingOf(counting(rules)) },
          remembered: { contestant: 'PAC resolver that remembers', setting: settingOf(stateless(rules)) },
        },
      },
      {
        name: 'https through the proxy that a script chose, 10 in parallel',
        base: 'the proxy by name',
        // Scripts are not asked about the machine itself, so its origin goes by a name that only the proxy knows.
        task: { kind: 'get', url: `${servers.https.replace('127.0.0.1', 'web.corp.test')}/1k` },
        parallel: 10,
        contestants: {
          'the proxy by name': { contestant: 'client.request', setting: { connections: 10, proxy: servers.proxy } },
          'the proxy by PAC script': { contestant: 'client.request', setting: { connections: 10, pac: viaProxy } },
        },
      },
    ]);
    return [...results, ...(await hostileScripts({ servers, ...bench }))];
  },
};
