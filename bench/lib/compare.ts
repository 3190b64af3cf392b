/** One way to do the same thing; resolves when it is done once. */
export type Contestant = () => Promise<unknown>;

/** Median, lowest and highest of the rounds, as ratios to the base of the same round. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** How long and how often is measured. */
export interface CompareOptions {
  /** How many are under way at once. */
  readonly parallel: number;
  /** Rounds; each contestant has its turn in each. Default 7. */
  readonly rounds?: number;
  /** Milliseconds of one turn. Default 700. */
  readonly ms?: number;
}

/**
 * Lets contestants do the same thing in turn, and tells how often each did it in relation to the first one. Only ratios
 * of one round mean something: machines differ, and so does one machine from minute to minute.
 */
export async function compare(
  contestants: Readonly<Record<string, Contestant>>,
  options: CompareOptions,
): Promise<Record<string, Ratio>> {
  const { parallel, rounds = 7, ms = 700 } = options;
  const names = Object.keys(contestants);
  const ratios = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const run of Object.values(contestants)) await rate(run, parallel, 150);
  for (let round = 0; round < rounds; round += 1) {
    let base = 0;
    for (const [i, name] of names.entries()) {
      const perSecond = await rate(contestants[name] as Contestant, parallel, ms);
      if (i === 0) base = perSecond;
      ratios.get(name)?.push(perSecond / base);
    }
  }
  return Object.fromEntries([...ratios].map(([name, values]) => [name, summary(values)]));
}

async function rate(run: Contestant, parallel: number, ms: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  const worker = async () => {
    while (performance.now() - start < ms) {
      await run();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return done / (performance.now() - start);
}

function summary(values: number[]): Ratio {
  const sorted = [...values].sort((one, other) => one - other);
  return { median: sorted[sorted.length >> 1] as number, min: sorted[0] as number, max: sorted.at(-1) as number };
}

/** Prints a heading and one line per contestant. */
export function report(title: string, ratios: Readonly<Record<string, Ratio>>): void {
  console.log(title);
  for (const [name, { median, min, max }] of Object.entries(ratios)) {
    console.log(`  ${name.padEnd(36)} ${median.toFixed(2)}  (${min.toFixed(2)} – ${max.toFixed(2)})`);
  }
}
