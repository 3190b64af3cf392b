import type { CredentialsProvider } from '@netloom/contracts';
import type { AuthScope } from './endpoint.js';
import type { Answer, PromptContext } from './prompts.js';
import { takesAmbientIdentity } from './scheme-errors.js';
import type { Candidate, Selection } from './selection.js';

/**
 * Asks the credentials provider who is to sign in. Resolves with the candidate and its identity; with `next` when the
 * answer is of no use to this scheme; with undefined when the user gave up. An identity that was refused before is not
 * sent again: repeating one that is wrong locks accounts.
 */
export async function askForIdentity(
  scope: AuthScope,
  selection: Selection,
  candidate: Candidate,
  context: PromptContext,
  signal: AbortSignal,
): Promise<Candidate | 'next' | undefined> {
  const { scheme, realm } = candidate;
  const { state, endpoint, request } = scope;
  const { target, protocol, host, port } = endpoint;
  const rejected = selection.lastRefused(realm);
  const partition = target === 'server' && state.cache.partitionServers ? request.partition : undefined;
  const key = JSON.stringify([target, scope.origin, realm, partition, rejected && state.identityKeys.of(rejected)]);
  const question = {
    target,
    url: request.url,
    protocol,
    host,
    port,
    realm,
    scheme: scheme.name,
    schemes: selection.offered,
    attempt: selection.countQuestion(realm),
    rejected,
  };
  let asked: CredentialsProvider | undefined;
  let answer: Answer | undefined;
  do {
    asked = request.asks();
    answer = await state.promptsOf(asked)?.ask(key, question, context, signal);
    // A tunnel may serve another request by now than the one whose provider gave up.
  } while (answer === undefined && asked !== request.asks());
  if (answer === undefined) {
    selection.note(scheme, 'no credentials were given');
    return undefined;
  }
  const { identity, proved } = answer;
  if (identity === 'ambient' && !takesAmbientIdentity(scheme)) {
    selection.disable(scheme, 'it cannot sign in the logged-in user, whom the credentials provider chose');
    return 'next';
  }
  if (selection.isRefused(scheme, realm, identity)) return undefined;
  selection.answered(realm, identity, proved);
  return { ...candidate, identity, source: 'provider', proved };
}
