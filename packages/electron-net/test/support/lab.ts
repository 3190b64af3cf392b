import { createLab, type Lab } from '@netloom/lab';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { app, type Session, session } from '../../src/index.js';

let partitions = 0;

/** A lab for the tests of one file, and a session of its own for each test. */
export function useLab(): { readonly lab: Lab; readonly session: Session } {
  let lab: Lab;
  let own: Session | undefined;
  beforeAll(async () => {
    lab = await createLab();
    await app.whenReady();
  });
  afterEach(async () => {
    await own?.closeAllConnections();
    own = undefined;
  });
  afterAll(() => lab.close());
  return {
    get lab() {
      return lab;
    },
    get session() {
      own ??= session.fromPartition(`test ${++partitions}`);
      return own;
    },
  };
}
