import { absent } from './absent.js';

/* What every process of Electron exports; see exports.js. */
export const crashReporter = absent('crashReporter');
export const nativeImage = absent('nativeImage');
export const sharedTexture = absent('sharedTexture');
export const shell = absent('shell');
