import { formatPacResult } from '@netloom/contracts';
import type { ProxySettings } from '../../src/system/settings.js';

/** Settings in one line for each kind of URL, to compare. */
export function summary(settings: ProxySettings | undefined) {
  if (settings === undefined) return undefined;
  const { source, autoDetect, pacUrl, rules, bypass } = settings;
  const lists = Object.entries(rules).filter(([name, routes]) => name !== 'type' && routes.length > 0);
  return {
    source,
    ...(autoDetect && { autoDetect }),
    ...(pacUrl !== undefined && { pacUrl }),
    ...Object.fromEntries(lists.map(([name, routes]) => [name, formatPacResult(routes)])),
    ...(bypass.rules.length > 0 && { bypass: bypass.rules.join(', ') }),
  };
}
