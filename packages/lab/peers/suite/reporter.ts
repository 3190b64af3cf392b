import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { PENDING } from './pending.js';

/** Lists what did not run with its reason, and ends with `N passed, N failed, N skipped`. */
export default class PeersReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const broken = modules.filter((module) => module.errors().length > 0).length;
    for (const line of inState('skipped').map(describe)) if (line) process.stdout.write(`${line}\n`);
    const failed = inState('failed').length + broken + errors.length;
    const [passed, skipped] = [inState('passed').length, inState('skipped').length];
    process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}

/** Rows left out by a filter of the command line need no mention. */
function describe(test: TestCase): string | undefined {
  const [name, reason] = test.name.split(PENDING);
  if (reason !== undefined) return `pending (${reason}): ${name}`;
  const result = test.result();
  return result.state === 'skipped' && result.note ? `skipped (${result.note}): ${test.fullName}` : undefined;
}
