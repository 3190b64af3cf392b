import { startPeers } from '../servers/index.js';
import { arrange } from './mounts.js';

/** What the supervisor tells the process that started it. */
export type Report = { readonly ready: true } | { readonly failed: string };

/**
 * The first process of the testbed's pid namespace: when it ends, the kernel ends everything inside. It ends when told
 * to, and when the process that started it goes away without having sent `stay`.
 */
export async function supervise(state: string): Promise<never> {
  const report = (message: Report) => new Promise<void>((resolve) => process.send!(message, () => resolve()));
  const end = () => process.exit(1);
  process.once('disconnect', end);
  process.once('message', () => process.off('disconnect', end));
  // The first process of a namespace gets only the signals that it handles.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end);

  try {
    await arrange(state);
    await startPeers();
    await report({ ready: true });
  } catch (error) {
    await report({ failed: (error as Error).message });
    end();
  }
  return new Promise(() => setInterval(() => undefined, 2 ** 30));
}
