/**
 * The one place that loads undici's code, so that moving to another version is one change. Types are imported wherever
 * they are needed.
 */
import { Client, Dispatcher, fetch, util } from 'undici';

export { Client, Dispatcher, fetch };

/** Header fields as undici keeps them → an object with lower-case names; repeated fields are arrays. */
export const parseHeaders = util.parseHeaders as (raw: Buffer[]) => Record<string, string | string[]>;
