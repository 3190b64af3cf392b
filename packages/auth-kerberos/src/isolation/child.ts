/** The child process that calls GSSAPI. Its parent sends questions one at a time, and ends it. */
import { GssapiEngine } from '../gssapi/engine.js';
import { openGssapi } from '../gssapi/libraries.js';
import { LibraryFailure } from '../native/library-failure.js';
import type { Answer, Question } from './protocol.js';

let engine: GssapiEngine | undefined;

async function answer(question: Question): Promise<Answer> {
  const { id } = question;
  try {
    if (question.ask === 'load') {
      engine = new GssapiEngine(() => openGssapi(question.library));
      await engine.load();
      return { id };
    }
    if (question.ask === 'release') {
      await engine?.release(question.context);
      return { id };
    }
    if (engine === undefined) throw new Error('no library has been loaded');
    return { id, step: await engine.step(question.context, question.request, question.token) };
  } catch (error) {
    return error instanceof LibraryFailure ? { id, failure: error.status } : { id, error: (error as Error).message };
  }
}

process.on('message', (question: Question) => {
  void answer(question).then((message) => process.send?.(message));
});
// To exit would be to wait for a call that hangs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
