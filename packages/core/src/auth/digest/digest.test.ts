import { createHash } from 'node:crypto';
import { type AuthenticationInfo, type Authorizer, type Identity, isNetError } from '@netloom/contracts';
import { describe, expect, it } from 'vitest';
import { alice, authRequestOf, connection, never, scopeOf, stateOf } from '../../../test/support/sign-in.js';
import { authParam, parseAuthParams, parseChallenges } from '../challenge-parser.js';
import { type DigestOptions, digest } from './index.js';

/** An authorizer for the best of some challenges. */
function authorizer(
  challenges: string | readonly string[],
  options: DigestOptions = {},
  identity: Identity = alice,
): Authorizer {
  const context = scopeOf(stateOf([])).context('', identity, connection());
  return digest(options).accept(parseChallenges(challenges), context)!;
}

const sign = (by: Authorizer, changes = {}) => by.authorize(authRequestOf(changes), never) as string;
const fields = (header: string) => Object.fromEntries(parseChallenges(header)[0]!.params);
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const info = (authorization: string, field = ''): AuthenticationInfo => ({
  status: 200,
  params: parseAuthParams(field),
  authorization,
});

describe('digest', () => {
  it('prefers the strongest algorithm, wherever it stands', () => {
    const challenge = (algorithm: string) => `Digest realm="r", nonce="n", qop="auth", algorithm=${algorithm}`;
    const all = ['MD5', 'SHA-256', 'SHA-512-256', 'SHA3-512', 'md5-sess'].map(challenge);
    expect(fields(sign(authorizer(all))).algorithm).toBe('SHA-512-256');
    expect(fields(sign(authorizer(all, { algorithms: ['MD5-sess', 'SHA-256'] }))).algorithm).toBe('SHA-256');
    expect(authorizer(challenge('MD5'), { algorithms: ['SHA-256'] })).toBeUndefined();
    expect(authorizer('Digest realm="r", nonce="n"', { algorithms: ['SHA-256'] })).toBeUndefined();
  });

  it.each([
    ['no nonce', 'Digest realm="r"'],
    ['an empty nonce', 'Digest realm="r", nonce=""'],
    ['an unknown algorithm', 'Digest realm="r", nonce="n", algorithm=SHA3-512'],
    ['a broken grammar', 'Digest realm="r"x, nonce="n"'],
  ])('does not answer a challenge with %s', (_what, challenge) => {
    expect(digest().select?.(parseChallenges(challenge), {} as never)).toBeUndefined();
    expect(authorizer(challenge)).toBeUndefined();
  });

  it('does not answer without an identity', () => {
    const context = scopeOf(stateOf([])).context('', 'ambient', connection());
    expect(digest().accept(parseChallenges('Digest realm="r", nonce="n"'), context)).toBeUndefined();
  });

  it('makes a nonce of its own for each of the server’s, and counts from there', () => {
    const by = authorizer('Digest realm="r", nonce="n", qop="auth"');
    const [first, second] = [fields(sign(by)), fields(sign(by))];
    expect(first.cnonce).toMatch(/^[0-9a-f]{16}$/);
    expect([first.nc, second.nc]).toEqual(['00000001', '00000002']);
    expect(second.cnonce).toBe(first.cnonce);
    expect(by.challenged(parseChallenges('Digest realm="r", nonce="m", qop="auth", stale=true'))).toBe('stale');
    const third = fields(sign(by));
    expect(third).toMatchObject({ nonce: 'm', nc: '00000001' });
    expect(third.cnonce).not.toBe(first.cnonce);
  });

  it('counts in hex, eight digits', () => {
    const by = authorizer('Digest realm="r", nonce="n", qop="auth"');
    for (let i = 1; i < 26; i++) sign(by);
    expect(fields(sign(by)).nc).toBe('0000001a');
  });

  it('covers the body where the server wants nothing else', () => {
    const by = authorizer('Digest realm="r", nonce="n", qop="auth-int"', { cnonce: () => 'c' });
    expect(by.needs).toEqual({ bodyHash: 'md5', signal: false });
    const header = fields(sign(by, { method: 'POST', bodyHash: md5('body') }));
    const response = md5(`${md5('alice:r:wonderland')}:n:00000001:c:auth-int:${md5(`POST:/:${md5('body')}`)}`);
    expect(header).toMatchObject({ qop: 'auth-int', response });
    expect(authorizer('Digest realm="r", nonce="n", qop="auth-int, auth"').needs).toEqual({ signal: false });
    expect(authorizer('Digest realm="r", nonce="n", qop="auth-int"', { authInt: false }).needs).toEqual({
      signal: false,
    });
  });

  it('names the hash that the body is wanted by', () => {
    const needs = (algorithm: string) =>
      authorizer(`Digest realm="r", nonce="n", qop=auth-int, algorithm=${algorithm}`).needs?.bodyHash;
    expect(['MD5-sess', 'SHA-256', 'SHA-512-256-sess'].map(needs)).toEqual(['md5', 'sha256', 'sha512-256']);
  });

  it('makes a session key of the first nonces', () => {
    const by = authorizer('Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess', { cnonce: () => 'c' });
    const key = md5(`${md5('alice:r:wonderland')}:n:c`);
    expect(fields(sign(by)).response).toBe(md5(`${key}:n:00000001:c:auth:${md5('GET:/')}`));
    by.succeeded?.(info('Digest', 'nextnonce="m"')); // a session stays with its nonce
    expect(fields(sign(by))).toMatchObject({ nonce: 'n', nc: '00000002' });
  });

  describe('user names', () => {
    const jürgen = { username: 'Jürgen', password: 'geheim' };
    const decomposed = { username: jürgen.username.normalize('NFD'), password: 'geheim' };

    it('beyond ASCII are sent extended to servers that say UTF-8, composed', () => {
      const challenge = 'Digest realm="r", nonce="n", charset=UTF-8';
      expect(sign(authorizer(challenge, {}, decomposed))).toContain("username*=UTF-8''J%C3%BCrgen, realm");
      expect(sign(authorizer(challenge, {}, { ...jürgen, username: "ü'(*)" }))).toContain("UTF-8''%C3%BC%27%28%2A%29,");
      expect(sign(authorizer(challenge))).toContain('username="alice"');
      expect(sign(authorizer(challenge, {}, jürgen))).toBe(sign(authorizer(challenge, {}, decomposed)));
    });

    it('beyond ASCII are sent as bytes to others', () => {
      const header = sign(authorizer('Digest realm="r", nonce="n"', {}, jürgen));
      expect(Buffer.from(header, 'latin1').toString('utf8')).toContain('username="Jürgen"');
      expect(fields(header).response).toBe(md5(`${md5('Jürgen:r:geheim')}:n:${md5('GET:/')}`));
    });

    it('are hashed where the server asks for it', () => {
      const header = sign(authorizer('Digest realm="r", nonce="n", userhash=true, charset=UTF-8', {}, jürgen));
      expect(fields(header)).toMatchObject({ username: md5('Jürgen:r'), userhash: 'true' });
      expect(header).not.toContain('username*');
    });

    it('name the domain', () => {
      const header = sign(authorizer('Digest realm="r", nonce="n"', {}, { ...alice, domain: 'CORP' }));
      expect(header).toContain(String.raw`username="CORP\\alice"`);
    });

    it('with control characters are refused', () => {
      const refused = (() => {
        try {
          return authorizer('Digest realm="r", nonce="n"', {}, { ...alice, username: 'a\r\nb' });
        } catch (error) {
          return error;
        }
      })();
      expect(isNetError(refused) && refused).toMatchObject({
        code: 'ERR_INVALID_AUTH_CREDENTIALS',
        effect: 'drop-identity',
      });
    });
  });

  it('hashes a realm as the bytes that it came in', () => {
    const realm = Buffer.from('Büro', 'utf8').toString('latin1');
    const header = sign(authorizer(`Digest realm="${realm}", nonce="n"`));
    expect(fields(header)).toMatchObject({ realm, response: md5(`${md5('alice:Büro:wonderland')}:n:${md5('GET:/')}`) });
  });

  it('returns what the server said, quoted', () => {
    const header = sign(authorizer(String.raw`Digest realm="a\"b", nonce="n\\m", opaque="o, p"`));
    expect(header).toContain(String.raw`realm="a\"b", nonce="n\\m"`);
    expect(header).toContain('opaque="o, p"');
  });

  it('takes the best of several stale challenges, and calls it invalid where none can be answered', () => {
    const by = authorizer('Digest realm="r", nonce="n", algorithm=MD5');
    const stale = ['MD5', 'SHA-256'].map((name) => `Digest realm="r", nonce="${name}", algorithm=${name}, stale=TRUE`);
    expect(by.challenged(parseChallenges(stale))).toBe('stale');
    expect(fields(sign(by)).nonce).toBe('SHA-256');
    expect(by.challenged(parseChallenges('Digest realm="r", stale=true'))).toBe('invalid');
  });

  describe('the proof of the server', () => {
    const proven = (challenge: string, forge: (proof: string) => string = (proof) => proof) => {
      const by = authorizer(challenge, { cnonce: () => 'c' });
      const sent = sign(by, { method: 'GET', uri: '/a, b' });
      sign(by); // another request meanwhile
      const { nonce } = fields(sent);
      const proof = md5(`${md5('alice:r:wonderland')}:${nonce}:00000001:c:auth:${md5(':/a, b')}`);
      return () => by.succeeded?.(info(sent, `rspauth="${forge(proof)}", nextnonce="next"`));
    };
    const CHALLENGE = 'Digest realm="r", nonce="n", qop="auth"';

    it('is accepted when it is right, for the very request that it answers', () => {
      expect(proven(CHALLENGE)).not.toThrow();
      expect(proven(CHALLENGE, (proof) => proof.toUpperCase())).not.toThrow();
    });

    it.each([
      ['wrong', (proof: string) => proof.replace(/./, (c) => (c === '0' ? '1' : '0'))],
      ['cut', (proof: string) => proof.slice(1)],
      ['empty', () => ''],
    ])('fails the request when it is %s', (_what, forge) => {
      expect(proven(CHALLENGE, forge)).toThrow(
        'net::ERR_INVALID_RESPONSE: the peer did not prove that it knows the password (rspauth)',
      );
    });

    it('is not looked at where it cannot be checked', () => {
      expect(proven('Digest realm="r", nonce="n"', () => 'x')).not.toThrow();
      expect(proven('Digest realm="r", nonce="n", qop=auth-int', () => 'x')).not.toThrow();
    });

    it('is not looked at when the challenge was replaced by one of another kind', () => {
      const by = authorizer(CHALLENGE);
      const sent = sign(by);
      by.challenged(parseChallenges(`${CHALLENGE}, algorithm=SHA-256, stale=true`));
      expect(() => by.succeeded?.(info(sent, 'rspauth="of the old one"'))).not.toThrow();
    });

    it('does not keep the next nonce from being used', () => {
      const by = authorizer(CHALLENGE);
      const sent = sign(by);
      by.succeeded?.(info(sent, 'nextnonce="m"'));
      expect(fields(sign(by))).toMatchObject({ nonce: 'm', nc: '00000001' });
      by.succeeded?.(info(sent, 'nextnonce=""'));
      expect(authParam(parseChallenges(sign(by))[0]!.params, 'nonce')).toBe('m');
    });
  });

  it.each([
    [
      { algorithms: [] },
      'digest: algorithms must be a list of SHA-512-256, SHA-512-256-sess, SHA-256, SHA-256-sess, MD5, MD5-sess',
    ],
    [{ algorithms: ['md5'] }, 'digest: algorithms must be a list of'],
    [{ authInt: 1 }, 'digest: authInt must be a boolean, not number'],
    [{ cnonce: 'abc' }, 'digest: cnonce must be a function, not string'],
  ])('refuses %j', (options, message) => {
    expect(() => digest(options as never)).toThrow(TypeError);
    expect(() => digest(options as never)).toThrow(message);
  });
});
