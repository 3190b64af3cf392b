/**
 * `npm run bench`, `bench:check` and `bench:report`: sets up, then runs the bench with the arguments given.
 *
 *     npm run bench -- http tunnel --quick
 */
import { runBuilt } from './lib/built.mjs';

await runBuilt('bench', 'dist', 'main.js');
