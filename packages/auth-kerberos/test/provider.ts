import type { ContextRequest, ContextStep, NegotiateProvider } from '../src/index.js';
import { bytes, text } from './context.js';

export interface FakeOptions {
  readonly name?: string;
  readonly supports?: (request: ContextRequest) => boolean;
  readonly unavailable?: string;
  /** What a step makes of a token, `undefined` in the first one. Default: one token, then proved. */
  readonly step?: (
    token: string | undefined,
    request: ContextRequest,
  ) => Partial<ContextStep> | Promise<Partial<ContextStep>>;
}

/** A provider whose library is a function; `log` tells what was asked of it. */
export function fakeProvider({ name = 'fake', supports = () => true, unavailable, step }: FakeOptions = {}) {
  const log: string[] = [];
  const requests: ContextRequest[] = [];
  const provider: NegotiateProvider = {
    name,
    supports,
    unavailable: async () => unavailable,
    initialise(request) {
      const { service, host } = request.spn;
      requests.push(request);
      log.push(`initialise ${service}/${host}`);
      return {
        async step(token) {
          const received = token && text(token);
          log.push(`step ${received ?? '-'}`);
          const answer = step
            ? await step(received, request)
            : received === undefined
              ? { token: bytes('first') }
              : { complete: true, mutual: true };
          return { token: undefined, complete: false, mutual: false, ...answer };
        },
        dispose: () => log.push('dispose'),
      };
    },
  };
  return { provider, log, requests };
}
