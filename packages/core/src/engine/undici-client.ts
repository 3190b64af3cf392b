/** What of undici's code is loaded with the first connection of HTTP/1.1; see `undici.ts`. */
import util from 'undici/lib/core/util.js';
import Client from 'undici/lib/dispatcher/client.js';

export { Client };

/** Header fields as undici keeps them → an object with lower-case names; repeated fields are arrays. */
export const { parseHeaders } = util;
