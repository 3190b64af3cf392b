import { describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from './arguments.js';

const known = ['http', 'tunnel'];
const parse = (...words: string[]) => parseArguments(words, known);

describe('parseArguments', () => {
  it('takes a command, scenarios and options in any order', () => {
    expect(parse('run')).toEqual({ command: 'run', scenarios: [], quick: false, profile: false });
    expect(parse('run', 'tunnel', '--quick', 'http')).toEqual({
      command: 'run',
      scenarios: ['tunnel', 'http'],
      quick: true,
      profile: false,
    });
    expect(parse('check', '--from', 'kept')).toEqual({
      command: 'check',
      scenarios: [],
      quick: false,
      profile: false,
      from: 'kept',
    });
  });

  it.each([
    [['run', 'htttp'], "There is no scenario 'htttp'; there are http, tunnel"],
    [['run', '--fast'], 'There is no option --fast; there are --quick, --profile and --from FOLDER'],
    [['measure'], 'The command is one of run, check, report; got measure'],
    [[], 'The command is one of run, check, report; got nothing'],
    [['check', '--from'], '--from needs a folder'],
    [['check', '--from', '--quick'], '--from needs a folder'],
    [['run', '--from', 'kept'], '--from is for check and report: run measures'],
    [['check', '--profile'], '--profile is for run'],
    [['report', 'http'], 'report takes no scenario and no --quick'],
  ])('refuses %j', (words, message) => {
    expect(() => parse(...words)).toThrow(UsageError);
    expect(() => parse(...words)).toThrow(message);
  });
});
