import { type NtlmOptions, ntlm, ntlmMechanism } from '@netloom/auth-ntlm';
import { type ChallengeMessage, decodeChallenge, NtlmMessageError } from '@netloom/auth-ntlm/messages';
import type { AuthScheme, SecurityMechanism } from '@netloom/contracts';
import { basic, createClient, digest } from '@netloom/core';

const options: NtlmOptions = { workstation: 'DESK-1' };
const schemes: readonly AuthScheme[] = [ntlm(options), digest(), basic()];

export const client = createClient({ auth: schemes });
export const mechanism: SecurityMechanism = ntlmMechanism();

export function read(message: Uint8Array): ChallengeMessage | undefined {
  try {
    return decodeChallenge(message);
  } catch (error) {
    if (error instanceof NtlmMessageError) return undefined;
    throw error;
  }
}
