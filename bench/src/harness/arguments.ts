/** What the command was asked for. */
export interface Arguments {
  readonly command: 'run' | 'check' | 'report';
  /** Names of scenarios; none is all. */
  readonly scenarios: readonly string[];
  readonly quick: boolean;
  /** Whether contestants are profiled. Profiling costs them time of its own, so nothing is kept or judged. */
  readonly profile: boolean;
  /** Folder of results to be judged instead of measuring. */
  readonly from?: string;
}

/** The command was asked for something that there is not. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const COMMANDS = ['run', 'check', 'report'] as const;

/**
 * Reads the words after the program's name: a command, then names of scenarios and options.
 *
 * @throws UsageError naming what is wrong and what there is.
 */
export function parseArguments(words: readonly string[], known: readonly string[]): Arguments {
  const [first, ...others] = words;
  const command = COMMANDS.find((name) => name === first);
  if (!command) throw new UsageError(`The command is one of ${COMMANDS.join(', ')}; got ${first ?? 'nothing'}`);
  const scenarios: string[] = [];
  let quick = false;
  let profile = false;
  let from: string | undefined;
  const rest = others.values();
  for (const word of rest) {
    if (word === '--quick') quick = true;
    else if (word === '--profile') profile = true;
    else if (word === '--from') from = argumentOf(word, rest.next().value);
    else if (word.startsWith('-'))
      throw new UsageError(`There is no option ${word}; there are --quick, --profile and --from FOLDER`);
    else if (known.includes(word)) scenarios.push(word);
    else throw new UsageError(`There is no scenario '${word}'; there are ${known.join(', ')}`);
  }
  if (from !== undefined && command === 'run') throw new UsageError('--from is for check and report: run measures');
  if (command === 'report' && (quick || scenarios.length > 0))
    throw new UsageError('report takes no scenario and no --quick');
  if (profile && command !== 'run') throw new UsageError('--profile is for run');
  return { command, scenarios, quick, profile, ...(from !== undefined && { from }) };
}

function argumentOf(option: string, value: string | undefined): string {
  if (value === undefined || value.startsWith('-')) throw new UsageError(`${option} needs a folder`);
  return value;
}
