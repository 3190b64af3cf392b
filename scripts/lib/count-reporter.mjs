/**
 * A vitest reporter that leaves what came of the tests in the file named by NETLOOM_COUNTS.
 * A test file that cannot be loaded and an error outside of every test count as one failure each.
 */
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length };
    for (const module of modules) {
      let failed = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') counts.passed += 1;
        if (state === 'failed') failed += 1;
      }
      counts.failed += !module.ok() && failed === 0 ? 1 : failed;
    }
    writeFileSync(/** @type {string} */ (process.env.NETLOOM_COUNTS), JSON.stringify(counts));
  }
}
