import type { AuthAsk, CredentialsProvider, Identity } from '@netloom/contracts';
import { apart } from '../emit.js';

/** Who asks for credentials. */
export interface AuthInfo {
  /** Whether a proxy asks, and not the server. */
  isProxy: boolean;
  /** Scheme in lower case, such as `basic`. */
  scheme: string;
  host: string;
  port: number;
  /** What the credentials are for, in the peer's words. */
  realm: string;
}

/** Answers a `login` event. Without a user name and a password the response that asks is delivered. */
export type LoginCallback = (username?: string, password?: string) => void;

/**
 * A credentials provider that puts its questions by `login` events.
 *
 * @param emit - emits the event; false when nobody listens.
 */
export function loginProvider(
  emit: (info: AuthInfo, callback: LoginCallback, ask: AuthAsk) => boolean,
): CredentialsProvider {
  return (ask) =>
    new Promise((resolve) => {
      const answer: LoginCallback = (username, password) => resolve(identityOf(username, password));
      ask.signal.addEventListener('abort', () => resolve(undefined), { once: true });
      if (ask.signal.aborted || !apart(() => emit(authInfo(ask), answer, ask), false)) resolve(undefined);
    });
}

function authInfo({ target, scheme, host, port, realm }: AuthAsk): AuthInfo {
  return { isProxy: target === 'proxy', scheme, host, port, realm };
}

function identityOf(username: unknown, password: unknown): Identity | undefined {
  if (username === undefined || username === null || password === undefined || password === null) return undefined;
  if (username === '' && password === '') return undefined;
  return { username: String(username), password: String(password) };
}
