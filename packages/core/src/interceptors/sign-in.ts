import type { Dispatcher } from 'undici';
import type { AuthState } from '../auth/state.js';
import type { UnderWay } from '../pool/under-way.js';
import type { NormalOptions } from './internal.js';
import { SignInHandler } from './sign-in-handler.js';

/**
 * The layer that answers 401 and 407 (RFC 9110 section 11): it asks the schemes of the {@link AuthState} for an answer,
 * the credentials provider for credentials, and sends the request again until an answer has come that asks for nothing,
 * or nobody knows more. Follow-up rounds of connection-bound schemes go to the same connection.
 *
 * It has to stand above {@link Pool}, with nothing between them that changes the connection, and below `entry`.
 *
 * @param state - schemes, credentials and cache; one per client.
 * @param underWay - where requests are noted until they have ended.
 */
export function signIn(state: AuthState, underWay: UnderWay): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) =>
    function signIn(options, handler) {
      return new SignInHandler(dispatch, state, underWay, options as unknown as NormalOptions, handler).begin();
    };
}
