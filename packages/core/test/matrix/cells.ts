/** The dimensions of the matrix: every way to an origin, with every sign-in, for every kind of body. */
export const DIMENSIONS = {
  protocol: ['http', 'https', 'h2'],
  route: ['direct', 'http', 'https', 'socks4', 'socks4a', 'socks5', 'socks5+password'],
  serverAuth: ['none', 'basic', 'digest', 'bound'],
  proxyAuth: ['none', 'basic', 'digest', 'bound'],
  body: ['GET', 'HEAD', 'POST 100 kB', 'POST factory', 'POST one-shot', 'POST one-shot too long'],
} as const;

/** One combination. */
export type Cell = { readonly [K in keyof typeof DIMENSIONS]: (typeof DIMENSIONS)[K][number] };

/** Combinations that make no sense, each with its reason. */
const RULES: readonly { readonly reason: string; readonly excludes: (cell: Cell) => boolean }[] = [
  {
    reason: 'only HTTP and HTTPS proxies have HTTP sign-in',
    excludes: ({ route, proxyAuth }) => proxyAuth !== 'none' && route !== 'http' && route !== 'https',
  },
  {
    reason: 'a body that is too long to be kept differs from one that is kept only where a sign-in asks for it again',
    excludes: ({ body, serverAuth, proxyAuth, protocol }) =>
      body === 'POST one-shot too long' && serverAuth === 'none' && (proxyAuth === 'none' || protocol !== 'http'),
  },
];

/** All cells that make sense. */
export function allCells(): Cell[] {
  let cells: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(DIMENSIONS)) {
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value })));
  }
  return (cells as unknown as Cell[]).filter((cell) => !RULES.some(({ excludes }) => excludes(cell)));
}

/** A few cells in which every pair of values that can meet does meet. */
export function pairwiseCells(cells: readonly Cell[]): Cell[] {
  const uncovered = new Set(cells.flatMap(pairs));
  const chosen: Cell[] = [];
  while (uncovered.size > 0) {
    let best = cells[0] as Cell;
    let gain = 0;
    for (const cell of cells) {
      const gained = pairs(cell).filter((pair) => uncovered.has(pair)).length;
      if (gained > gain) [best, gain] = [cell, gained];
    }
    for (const pair of pairs(best)) uncovered.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

function pairs(cell: Cell): string[] {
  const values = Object.entries(cell).map(([name, value]) => `${name}=${value}`);
  return values.flatMap((one, i) => values.slice(i + 1).map((other) => `${one} ${other}`));
}

/** What a cell is called in the report. */
export function titleOf({ protocol, route, serverAuth, proxyAuth, body }: Cell): string {
  return `${protocol} over ${route}, server ${serverAuth}, proxy ${proxyAuth}, ${body}`;
}
