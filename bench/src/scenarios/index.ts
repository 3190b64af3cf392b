import type { ScenarioResult } from '../harness/results.js';
import { cold } from './cold.js';
import { h2 } from './h2.js';
import { memory } from './memory.js';
import { pac } from './pac.js';
import { pipeline } from './pipeline.js';
import { socks, tunnel } from './proxies.js';
import { http, https } from './requests.js';
import type { Scenario } from './scenario.js';
import { negotiate, ntlm, signIn } from './sign-in.js';
import { download, upload } from './transfers.js';

/** Everything that is measured, in this order. */
export const SCENARIOS: readonly Scenario[] = [
  ...[http, https, h2, tunnel, socks],
  ...[signIn, ntlm, negotiate, pac],
  ...[upload, download, pipeline, cold, memory],
];

/** Results in the order of the scenarios. */
export function inOrder(results: readonly ScenarioResult[]): ScenarioResult[] {
  const place = ({ scenario }: ScenarioResult) => SCENARIOS.findIndex(({ name }) => name === scenario);
  return [...results].sort((one, other) => place(one) - place(other));
}
