import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from '../../src/index.js';

const REQUEST_EVENTS = ['finish', 'login', 'redirect', 'abort', 'error', 'close'] as const;
const RESPONSE_EVENTS = ['aborted', 'end', 'error', 'close'] as const;

/** What a recorded event is called: errors bring their message along, repeated data counts once. */
function entry(source: 'request' | 'response', event: string, argument: unknown): string {
  const detail = event === 'error' ? ` ${(argument as Error).message}` : event === 'redirect' ? ` ${argument}` : '';
  return `${source} ${event}${detail}`;
}

/**
 * Notes the events of a request and of its response in their order.
 *
 * @param onResponse - what is done with the response; default: it is read. `null`: nobody listens for it.
 */
export function record(
  request: ClientRequest,
  onResponse: ((response: IncomingMessage) => void) | null = (response) => response.resume(),
): string[] {
  const events: string[] = [];
  for (const event of REQUEST_EVENTS) {
    // A listener changes what becomes of a login.
    if (event !== 'login') request.on(event, (argument?: unknown) => events.push(entry('request', event, argument)));
  }
  if (onResponse === null) return events;
  request.on('response', (response) => {
    events.push(`request response ${response.statusCode}`);
    for (const event of RESPONSE_EVENTS) {
      response.on(event, (argument?: unknown) => events.push(entry('response', event, argument)));
    }
    onResponse(response);
  });
  return events;
}

/** Waits until a request has closed, and a little longer: nothing may come after it. */
export async function closed(request: ClientRequest): Promise<void> {
  if (!request.closed) await new Promise<void>((resolve) => request.once('close', resolve));
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

/** The response to a request that is sent now, and its body. */
export async function answer(request: ClientRequest, body?: string | Buffer) {
  const [response] = (await once(request.end(body), 'response')) as [IncomingMessage];
  const chunks = await response.toArray();
  return { response, text: Buffer.concat(chunks).toString() };
}
