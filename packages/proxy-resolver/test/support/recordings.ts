import { readFileSync } from 'node:fs';

/** What a system printed, without the lines at the head of the file that say where that was. */
export function recording(path: string): string {
  const text = readFileSync(new URL(`../recordings/${path}.txt`, import.meta.url), 'utf8');
  const [system, command] = text.split('\n');
  if (!system?.startsWith('# system: ') || !command?.startsWith('# command: ')) {
    throw new Error(`${path}.txt does not say on what system and by which command it was recorded`);
  }
  return text.slice(system.length + command.length + 2);
}
