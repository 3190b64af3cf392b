import { ntlm } from '@netloom/auth-ntlm';
import { type AuthContext, type Challenge, systemClock } from '@netloom/contracts';
import { NtlmAcceptor } from '@netloom/lab';
import type { Open } from './contestant.js';

const CONTEXT: AuthContext = {
  target: 'proxy',
  protocol: 'https:',
  host: 'proxy.corp.example',
  port: 3128,
  realm: '',
  identity: { username: 'CORP\\alice', password: 'a password of a usual length' },
  service: 'HTTP',
  hostResolver: { lookup: async () => [] },
  clock: systemClock,
  channelBinding: { type: 'tls-server-end-point', applicationData: Buffer.alloc(53, 'x') },
};
const BARE: Challenge = { scheme: 'ntlm', params: [], text: 'NTLM' };

/** What an NTLM sign-in computes on the client's side: begin, Negotiate, Authenticate. */
export const open: Open = async () => {
  const scheme = ntlm();
  const { signal } = new AbortController();
  const first = scheme.start(CONTEXT);
  const negotiate = Buffer.from(await first.step(BARE, signal));
  first.dispose();
  const token68 = new NtlmAcceptor().challenge(negotiate).toString('base64');
  const challenge: Challenge = { ...BARE, token68, text: `NTLM ${token68}` };
  return {
    async call() {
      const conversation = scheme.start(CONTEXT);
      await conversation.step(BARE, signal);
      await conversation.step(challenge, signal);
      conversation.dispose();
    },
    close: () => undefined,
  };
};
