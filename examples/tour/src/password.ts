import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { CredentialsProvider } from '@netloom/contracts';

const ATTEMPTS = 3;

/** Asks on the terminal for the password of a user, without showing what is typed; three times at most. */
export function askForCredentials(username: string): CredentialsProvider {
  return async ({ target, host, port, realm, scheme, attempt, signal }) => {
    if (attempt > ATTEMPTS) return undefined;
    const where = `${target} ${host}:${port}${realm === '' ? '' : ` (${realm})`}`;
    const password = await askHidden(
      `${attempt > 1 ? 'Not accepted. ' : ''}Password of ${username} for ${where}, ${scheme}: `,
      signal,
    );
    return password === undefined ? undefined : { username, password };
  };
}

function askHidden(question: string, signal: AbortSignal): Promise<string | undefined> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY === true });
  return new Promise((resolve) => {
    const done = (answer: string | undefined) => {
      resolve(answer);
      terminal.close();
      process.stderr.write('\n');
    };
    terminal.once('line', done);
    terminal.once('close', () => resolve(undefined));
    signal.addEventListener('abort', () => done(undefined), { once: true });
  });
}
