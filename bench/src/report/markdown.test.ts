import { describe, expect, it } from 'vitest';
import type { ScenarioResult } from '../harness/results.js';
import { chartOf } from './chart.js';
import { insertSection, performanceSection, resultsSection } from './markdown.js';

const result: ScenarioResult = {
  scenario: 'http',
  measured: '2026-01-02T03:04:05Z',
  quick: false,
  machine: { cpu: 'A CPU', cores: 2, pinned: true, memoryGiB: 4, system: 'Linux 6', node: '20.20.2' },
  versions: { undici: '7.30.2' },
  cases: [
    {
      name: '1 KiB',
      base: 'undici.request',
      contestants: {
        'undici.request': { wall: [100, 100], cpu: [50, 50], loopDelay: [1, 1] },
        'client.request': { wall: [80, 50], cpu: [25, 50], loopDelay: [1, 3] },
      },
      absent: { curl: 'not on this machine' },
      failed: {},
    },
  ],
};
const budget = {
  what: 'requests <fast>',
  scenario: 'http',
  case: '1 KiB',
  contestant: 'client.request',
  against: ['undici.request'],
  measure: 'wall',
  atLeast: 1,
} as const;

describe('performanceSection', () => {
  it('tells machine, versions and the figure of every budget', () => {
    const { text } = performanceSection([budget], [result]);
    expect(text).toContain('2026-01-02, Node 20.20.2, Linux 6, A CPU, 2 cores (servers and client on one each), 4 GiB');
    expect(text).toContain('undici 7.30.2');
    expect(text).toMatch(/\| requests <fast> +\| ≥ 1 +\| 1\.63 \(1\.25 – 2\.00\) +\| +\|/);
  });

  it('says so where there are no figures', () => {
    expect(performanceSection([budget], []).text).toContain('No figures are kept yet');
  });

  it('names a miss', () => {
    expect(performanceSection([{ ...budget, atLeast: 3 }], [result]).text).toContain('| missed');
  });
});

describe('resultsSection', () => {
  it('has all contestants, best ones first, and who was left out', () => {
    const { text } = resultsSection([result]);
    expect(text.indexOf('| client.request')).toBeLessThan(text.indexOf('| undici.request'));
    expect(text).toContain('15385/s');
    expect(text).toContain('Left out: curl: not on this machine.');
  });
});

describe('insertSection', () => {
  const section = { name: 'results', text: 'new' } as const;

  it('replaces what is between the comments, and does so again without a change', () => {
    const once = insertSection('a\n<!-- bench:results -->\nold\n<!-- /bench:results -->\nb', section);
    expect(once).toBe('a\n<!-- bench:results -->\n\nnew\n\n<!-- /bench:results -->\nb');
    expect(insertSection(once, section)).toBe(once);
  });

  it('refuses a document without a place', () => {
    expect(() => insertSection('nothing', section)).toThrow('no place');
  });
});

describe('chartOf', () => {
  it('has a bar per contestant, and text that is escaped', () => {
    const named = { ...result, cases: [{ ...result.cases[0]!, name: 'a < b & c' }] };
    const svg = chartOf(named);
    expect(svg.match(/<rect x=/g)).toHaveLength(2);
    expect(svg).toContain('a &lt; b &amp; c');
  });
});
