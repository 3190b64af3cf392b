import { cold } from './cold.js';
import { h2 } from './h2.js';
import { memory } from './memory.js';
import { pac } from './pac.js';
import { pipeline } from './pipeline.js';
import { socks, tunnel } from './proxies.js';
import { http, https } from './requests.js';
import type { Scenario } from './scenario.js';
import { ntlm, signIn } from './sign-in.js';
import { download, upload } from './transfers.js';

/** Everything that is measured, in this order. */
export const SCENARIOS: readonly Scenario[] = [
  ...[http, https, h2, tunnel, socks],
  ...[signIn, ntlm, pac],
  ...[upload, download, pipeline, cold, memory],
];
