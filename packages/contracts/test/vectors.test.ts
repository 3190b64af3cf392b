import { expect } from 'vitest';
import { describeVectors } from '../../../tooling/vectors.js';
import {
  applyProxyRules,
  formatPacElement,
  formatPacResult,
  formatProxyUri,
  HostRules,
  type ProxyRoute,
  type ProxyScheme,
  parseHostRule,
  parsePacElement,
  parsePacResult,
  parseProxyRules,
  parseProxyUri,
} from '../src/index.js';

const folder = new URL('./vectors/', import.meta.url);

interface UriCase {
  readonly input: string;
  readonly defaultScheme: ProxyScheme;
  readonly invalid?: boolean;
  readonly scheme: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly uri: string;
  readonly pac: string;
}

describeVectors(folder, 'proxy-uri', {
  parse(vector: UriCase) {
    const route = parseProxyUri(vector.input, { defaultScheme: vector.defaultScheme });
    if (vector.invalid) return expect(route).toBeUndefined();
    expect(route).toBeDefined();
    expect(route?.proxy?.scheme ?? 'direct').toBe(vector.scheme);
    expect(route?.proxy?.host ?? null).toBe(vector.host);
    expect(route?.proxy?.port ?? null).toBe(vector.port);
    expect(formatProxyUri(route!)).toBe(vector.uri);
    expect(formatPacElement(route!)).toBe(vector.pac);
  },
});

type ListName = 'single' | 'http' | 'https' | 'ftp' | 'fallback';

interface RulesCase extends Readonly<Record<ListName, string | null>> {
  readonly input: string;
  readonly type: string;
}

interface ApplyCase {
  readonly rules: string;
  readonly bypassRules?: string;
  readonly reverseBypass?: boolean;
  readonly url: string;
  readonly result: string;
  readonly didBypassProxy: boolean;
}

describeVectors(folder, 'proxy-rules', {
  parse(vector: RulesCase) {
    const rules = parseProxyRules(vector.input);
    expect(rules.type).toBe(vector.type);
    for (const name of ['single', 'http', 'https', 'ftp', 'fallback'] as const) {
      expect(formatPacResult(rules[name]) || null, name).toBe(vector[name]);
    }
  },
  apply(vector: ApplyCase) {
    const bypass = HostRules.parse(vector.bypassRules ?? '', { reverse: vector.reverseBypass });
    const { routes, bypassed } = applyProxyRules(parseProxyRules(vector.rules), new URL(vector.url), bypass);
    expect(formatPacResult(routes)).toBe(vector.result);
    expect(bypassed).toBe(vector.didBypassProxy);
  },
});

interface MatchCase {
  readonly rules: string;
  readonly canonicalRules: readonly string[];
  readonly reverse?: boolean;
  readonly platform?: 'posix' | 'win32';
  readonly bypassed: readonly string[];
  readonly notBypassed: readonly string[];
}

interface RuleCase {
  readonly rule: string;
  readonly accepted: boolean;
  readonly canonical?: string;
}

interface SuffixCase {
  readonly rule: string;
  readonly rewritten: string;
  readonly bypassed: readonly string[];
}

describeVectors(folder, 'proxy-bypass-rules', {
  match(vector: MatchCase) {
    const rules = HostRules.parse(vector.rules, { reverse: vector.reverse, loopbackName: vector.platform === 'win32' });
    expect(rules.rules).toEqual(vector.canonicalRules);
    const bypassed = [...vector.bypassed, ...vector.notBypassed].filter((url) => rules.matches(new URL(url)));
    expect(bypassed).toEqual(vector.bypassed);
  },
  'add-rule'(vector: RuleCase) {
    const rule = parseHostRule(vector.rule);
    expect(rule !== undefined).toBe(vector.accepted);
    expect(rule?.canonical).toBe(vector.canonical);
  },
  'suffix-rewrite'(vector: SuffixCase) {
    const rules = HostRules.parse(vector.rule, { suffixes: true });
    expect(rules.rules).toEqual([vector.rewritten]);
    expect(vector.bypassed.filter((url) => !rules.matches(new URL(url)))).toEqual([]);
  },
});

interface ListCase {
  readonly input: string;
  readonly expect: string;
  readonly requires?: string;
}

interface ElementCase {
  readonly input: string;
  readonly uri: string | null;
  readonly requires?: string;
}

interface FilterCase {
  readonly input: string;
  readonly keep: readonly string[];
  readonly expect: string;
}

const enabled = ({ requires }: { readonly requires?: string }) => ({ quic: requires === 'quic' });
const schemeOf = ({ proxy }: ProxyRoute) => proxy?.scheme ?? 'direct';

describeVectors(folder, 'pac-result-strings', {
  list(vector: ListCase) {
    expect(formatPacResult(parsePacResult(vector.input, enabled(vector)))).toBe(vector.expect);
  },
  element(vector: ElementCase) {
    const route = parsePacElement(vector.input, enabled(vector));
    expect(route ? formatProxyUri(route) : null).toBe(vector.uri);
  },
  'filter-schemes'(vector: FilterCase) {
    const kept = parsePacResult(vector.input).filter((route) => vector.keep.includes(schemeOf(route)));
    expect(formatPacResult(kept)).toBe(vector.expect);
  },
});
