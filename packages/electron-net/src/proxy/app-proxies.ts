import { commandLine } from '../app/command-line.js';
import { Proxies } from './proxies.js';
import { configOfSwitches } from './proxy-config.js';

let made: Proxies | undefined;

/** The proxies of requests that belong to no session. */
export function appProxies(): Proxies {
  made ??= new Proxies(configOfSwitches(commandLine));
  return made;
}
