import { describe, expect, it } from 'vitest';
import {
  alice,
  authRequestOf,
  connection,
  never,
  scopeOf,
  serverController,
  stateOf,
} from '../../test/support/sign-in.js';
import { basic } from './basic.js';
import { parseChallenges } from './challenge-parser.js';

const on401 = (url: string, scheme = basic(), username = 'alice') => {
  const state = stateOf([scheme], { credentials: async () => undefined });
  const controller = serverController(state, url, { urlIdentity: { ...alice, username } });
  const reply = controller.challenged(401, { 'www-authenticate': 'Basic realm="r"' }, connection(), never);
  return { controller, reply };
};

describe('basic', () => {
  it('sends user name and password, with the domain where the identity names one', () => {
    const context = scopeOf(stateOf([])).context('r', { ...alice, domain: 'CORP' }, connection());
    const authorizer = basic().accept(parseChallenges('Basic realm="r"'), context);
    expect(authorizer?.authorize(authRequestOf(), never)).toBe(
      `Basic ${Buffer.from('CORP\\alice:wonderland').toString('base64')}`,
    );
  });

  it('refuses a user name with a colon, and says so', async () => {
    const { controller, reply } = on401('http://web.test/', basic(), 'a:b');
    expect(await reply?.next).toBe('deliver');
    expect(controller.error().message).toContain('a user name with a colon cannot be sent by basic');
    expect(controller.error().message).not.toContain('a:b');
  });

  it('can be kept from connections that are not encrypted', async () => {
    const scheme = () => basic({ allowOverHttp: false });
    expect(on401('http://web.test/', scheme()).reply).toBeUndefined();
    expect(await on401('https://web.test/', scheme()).reply?.next).toBe('retry');
    expect(await on401('http://web.test/').reply?.next).toBe('retry');
  });

  it('refuses options of a wrong type', () => {
    expect(() => basic({ allowOverHttp: 'no' as never })).toThrow(
      new TypeError('basic: allowOverHttp must be a boolean, not string'),
    );
  });
});
