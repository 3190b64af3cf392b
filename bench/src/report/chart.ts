import { OURS } from '../contestants/index.js';
import type { ScenarioResult } from '../harness/results.js';
import { rowsOf, show } from './figures.js';

const WIDTH = 760;
const LABELS = 230;
const FIGURES = 150;
const BAR = 16;
const LINE = 22;
const HEAD = 34;
const MARGIN = 12;

/** A chart of one scenario: a bar per contestant, as long as it is fast; netloom's own in another colour. */
export function chartOf(result: ScenarioResult): string {
  let y = MARGIN;
  const parts: string[] = [];
  for (const measured of result.cases) {
    const rows = rowsOf(measured).filter(({ speed }) => speed);
    const longest = Math.max(...rows.map(({ speed }) => speed?.median ?? 0), 1);
    parts.push(text(MARGIN, y + 18, `${measured.name} (${measured.base} = 1)`, 'font-weight="bold"'));
    y += HEAD;
    for (const { name, speed } of rows) {
      if (!speed) continue;
      const width = ((WIDTH - LABELS - FIGURES - MARGIN) * speed.median) / longest;
      const colour = isOurs(name) ? '#1f6feb' : '#8b949e';
      parts.push(text(LABELS - 8, y + 12, name, 'text-anchor="end"'));
      parts.push(`<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${colour}"/>`);
      parts.push(text(LABELS + width + 6, y + 12, show(speed)));
      y += LINE;
    }
  }
  const height = y + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function isOurs(name: string): boolean {
  return OURS.some((ours) => name === ours || name.startsWith(`${ours},`)) || name.startsWith('@netloom/');
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${escaped}</text>`;
}
