/** The switches that say how the network is used; see {@link App.commandLine}. */
export interface CommandLine {
  /** Adds an argument that is no switch. Nothing here reads those; Electron's Chromium does. */
  appendArgument(value: string): void;
  /**
   * Adds a switch, in place of one of the same name. Switches for the network are read when `app` is ready or a session
   * is made, so they have to be there before.
   */
  appendSwitch(the_switch: string, value?: string): void;
  /** The value of a switch; empty without the switch and without a value. */
  getSwitchValue(the_switch: string): string;
  /** Whether there is such a switch. */
  hasSwitch(the_switch: string): boolean;
  /** Takes a switch away. */
  removeSwitch(the_switch: string): void;
}

/** Switches as Chromium reads them: `--name=value` or `-name=value`, the last one of a name counts, `--` ends them. */
export class Switches implements CommandLine {
  readonly #switches = new Map<string, string>();

  /** @param argv - arguments of the process, without the program. */
  constructor(argv: readonly string[]) {
    const end = argv.indexOf('--');
    for (const argument of end < 0 ? argv : argv.slice(0, end)) {
      const [, name, value = ''] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
      if (name !== undefined) this.#switches.set(name.toLowerCase(), value);
    }
  }

  appendArgument(value: string): void {
    textOf(value);
  }

  appendSwitch(the_switch: string, value?: string): void {
    this.#switches.set(textOf(the_switch).toLowerCase(), value === undefined ? '' : textOf(value, 1));
  }

  getSwitchValue(the_switch: string): string {
    return this.#switches.get(textOf(the_switch)) ?? '';
  }

  hasSwitch(the_switch: string): boolean {
    return this.#switches.has(textOf(the_switch));
  }

  removeSwitch(the_switch: string): void {
    this.#switches.delete(textOf(the_switch));
  }
}

/** Electron's own words for an argument that is no text. */
function textOf(value: unknown, index = 0): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`Error processing argument at index ${index}, conversion failure from ${String(value)}`);
}

/** Those of the process. */
export const commandLine: CommandLine = new Switches(process.argv.slice(1));
