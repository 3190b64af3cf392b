/**
 * `npm start`: sets up, then runs the tour with the arguments given.
 */
import { runBuilt } from './lib/built.mjs';

await runBuilt('examples', 'tour', 'dist', 'main.js');
