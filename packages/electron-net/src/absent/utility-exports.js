import { absent } from './absent.js';

/* What Electron's utility processes export besides; see exports.js. */
export const LanguageModelUtility = absent('LanguageModelUtility');
export const localAIHandler = absent('localAIHandler');
export const parentPort = absent('parentPort');
export const systemPreferences = absent('systemPreferences');
