import type { CaseResult, Measure, Series } from '../harness/results.js';
import { ratios, type Summary, summarise } from '../harness/statistics.js';

/** Whether a case has values of its own, not times. */
export function hasValues({ contestants }: CaseResult): boolean {
  return Object.values(contestants).some(({ value }) => value);
}

/** One contestant of a case in figures. */
export interface Row {
  readonly name: string;
  /** Speed in relation to the base by the clock; of values, the value in relation to the base's. */
  readonly speed?: Summary;
  /** The same by processor time of the client's process. */
  readonly cpu?: Summary;
  /** What one did in a second, or the value itself. */
  readonly amount: string;
  /** ms. */
  readonly loopDelay?: number;
}

/** The contestants of a case, best ones first. */
export function rowsOf(result: CaseResult): Row[] {
  const base = result.contestants[result.base] ?? Object.values(result.contestants)[0] ?? {};
  const rows = Object.entries(result.contestants).map(([name, series]) => rowOf(name, series, base, result));
  return rows.sort((one, other) => rank(other) - rank(one));
}

function rowOf(name: string, series: Series, base: Series, result: CaseResult): Row {
  const speed = series.value ? summaryOf(relation(series, base, 'value')) : speedOf(relation(series, base, 'wall'));
  const cpu = speedOf(relation(series, base, 'cpu'));
  return {
    name,
    ...(speed && { speed }),
    ...(cpu && { cpu }),
    amount: amountOf(series, result),
    ...(series.loopDelay && { loopDelay: summarise(series.loopDelay).median }),
  };
}

function relation(series: Series, base: Series, measure: Measure): number[] | undefined {
  const [ours, theirs] = [series[measure], base[measure]];
  return ours && theirs && ours.length === theirs.length ? ratios(ours, theirs) : undefined;
}

function summaryOf(values: number[] | undefined): Summary | undefined {
  return values && summarise(values);
}

/** Who needs half the time is twice as fast. */
function speedOf(costs: number[] | undefined): Summary | undefined {
  return summaryOf(costs?.map((cost) => 1 / cost));
}

function amountOf({ wall, value }: Series, { bytes, unit = '' }: CaseResult): string {
  if (value) return `${round(summarise(value).median)} ${unit}`;
  const us = summarise(wall ?? [Number.MAX_VALUE]).median;
  if (bytes !== undefined) return `${round((bytes / 2 ** 20 / us) * 1e6)} MiB/s`;
  return unit === 'ms' ? `${round(us / 1000)} ms` : `${round(1e6 / us)}/s`;
}

function rank({ speed }: Row): number {
  return speed?.median ?? 0;
}

/** The contestants of a case as cells of a table: name, speed, speed by CPU time, amount, delay of the event loop. */
export function cellsOf(result: CaseResult): string[][] {
  return rowsOf(result).map(({ name, speed, cpu, amount, loopDelay }) => [
    name,
    speed ? show(speed) : '–',
    cpu ? show(cpu) : '–',
    amount,
    loopDelay === undefined ? '–' : `${loopDelay.toFixed(1)} ms`,
  ]);
}

/** Three digits that say something. */
function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Median, and where the rounds lie. */
export function show({ median, min, max }: Summary): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} – ${max.toFixed(2)})`;
}
