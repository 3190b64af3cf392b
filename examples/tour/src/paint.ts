/** Colours texts for a terminal, or leaves them as they are. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}

/** @param coloured - whether ANSI colours may be used. */
export function painter(coloured: boolean): Paint {
  const with_ = (code: number) => (text: string) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { good: with_(32), bad: with_(31), dim: with_(2) };
}

/** Texts as the cells of a line. */
export function columns(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join(' ')
    .trimEnd();
}
