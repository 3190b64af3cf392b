import { type AuthAsk, type CredentialsProvider, isNetError } from '@netloom/contracts';
import { describe, expect, it, vi } from 'vitest';
import { alice, bob, never } from '../../test/support/sign-in.js';
import { type Answer, Prompts, type Question } from './prompts.js';

const question: Question = {
  target: 'server',
  url: 'http://web.test/',
  protocol: 'http:',
  host: 'web.test',
  port: 80,
  realm: 'r',
  scheme: 'basic',
  schemes: ['basic'],
  attempt: 1,
};

/** A provider that answers when told to. */
function heldProvider() {
  const asks: AuthAsk[] = [];
  const answers: PromiseWithResolvers<Awaited<ReturnType<CredentialsProvider>>>[] = [];
  const provider: CredentialsProvider = (ask) => {
    asks.push(ask);
    const answer = withResolvers<Awaited<ReturnType<CredentialsProvider>>>();
    answers.push(answer);
    return answer.promise;
  };
  return { provider, asks, answers };
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  const all = {} as PromiseWithResolvers<T>;
  all.promise = new Promise<T>((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
}

const ask = (prompts: Prompts, key = 'k', signal = never) => prompts.ask(key, question, prompts.context, signal);

describe('Prompts', () => {
  it('asks once for all who have the same question', async () => {
    const { provider, asks, answers } = heldProvider();
    const prompts = new Prompts(provider);
    const waiting = Array.from({ length: 50 }, () => ask(prompts, 'k', new AbortController().signal));
    expect(asks).toHaveLength(1);
    expect(asks[0]).toMatchObject(question);
    answers[0]!.resolve(alice);
    const got = await Promise.all(waiting);
    expect(new Set(got.map((answer) => answer?.identity))).toEqual(new Set([alice]));
  });

  it('asks different questions apart, and the same one again when it has been answered', async () => {
    const { provider, asks, answers } = heldProvider();
    const prompts = new Prompts(provider);
    const first = [ask(prompts, 'a'), ask(prompts, 'b')];
    answers[0]!.resolve(alice);
    answers[1]!.resolve(bob);
    expect((await Promise.all(first)).map((answer) => answer?.identity)).toEqual([alice, bob]);
    const again = ask(prompts, 'a');
    answers[2]!.resolve(undefined);
    expect(await again).toBeUndefined();
    expect(asks).toHaveLength(3);
  });

  it('keeps nothing of an answer but the identity', async () => {
    const given = { ...alice, domain: 'CORP', note: 'not ours' };
    const answer = await ask(new Prompts(async () => given));
    expect(answer?.identity).toEqual({ ...alice, domain: 'CORP' });
    expect((await ask(new Prompts(async () => 'ambient')))?.identity).toBe('ambient');
  });

  it('lets one go without disturbing the others', async () => {
    const { provider, asks, answers } = heldProvider();
    const prompts = new Prompts(provider);
    const gone = new AbortController();
    const first = ask(prompts, 'k', gone.signal);
    const second = ask(prompts);
    gone.abort(new Error('no more'));
    await expect(first).rejects.toThrow('no more');
    expect(asks[0]!.signal.aborted).toBe(false);
    answers[0]!.resolve(alice);
    expect((await second)?.identity).toEqual(alice);
    expect(asks[0]!.signal.aborted).toBe(false);
  });

  it('takes the question back when the last has gone, and asks whoever comes then', async () => {
    const { provider, asks, answers } = heldProvider();
    const prompts = new Prompts(provider);
    const gone = new AbortController();
    const waiting = [ask(prompts, 'k', gone.signal), ask(prompts, 'k', gone.signal)];
    const settled = Promise.allSettled(waiting);
    gone.abort(new Error('no more'));
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asks[0]!.signal.aborted).toBe(true);
    expect(asks[0]!.signal.reason).toBe(gone.signal.reason);

    const later = ask(prompts);
    answers[0]!.resolve(bob); // too late
    answers[1]!.resolve(alice);
    expect((await later)?.identity).toEqual(alice);
  });

  it('does not ask for one who has gone already', async () => {
    const { provider, asks } = heldProvider();
    await expect(ask(new Prompts(provider), 'k', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(asks).toEqual([]);
  });

  it('tells the provider once that its answer has proved right', async () => {
    const proved = vi.fn();
    const prompts = new Prompts(async ({ onProved }) => {
      onProved(proved);
      return alice;
    });
    const answers = (await Promise.all([ask(prompts), ask(prompts)])) as Answer[];
    expect(proved).not.toHaveBeenCalled();
    for (const answer of answers) answer.proved();
    answers[0]!.proved();
    expect(proved).toHaveBeenCalledTimes(1);
  });

  it('calls back who listens late, and survives a callback that throws', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    let listen: AuthAsk['onProved'] = () => undefined;
    const prompts = new Prompts(async ({ onProved }) => {
      listen = onProved;
      onProved(() => {
        throw new Error('keychain is locked');
      });
      return alice;
    });
    (await ask(prompts))?.proved();
    expect(warned).toHaveBeenCalledWith(new Error('keychain is locked'));
    const late = vi.fn();
    listen(late);
    expect(late).toHaveBeenCalledTimes(1);
    expect(() => listen('x' as never)).toThrow('onProved expects a function, not string');
    warned.mockRestore();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('secret');
      },
    ],
  ])('names a provider that %s, without its words', async (_what, provider) => {
    const error = await ask(new Prompts(provider)).catch((reason: unknown) => reason);
    expect(isNetError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'ERR_INVALID_AUTH_CREDENTIALS',
      message: 'net::ERR_INVALID_AUTH_CREDENTIALS: the credentials provider failed',
      cause: new Error('secret'),
    });
  });

  it.each([
    [null, 'null'],
    [42, 'a number'],
    ['alice:wonderland', 'a string'],
    [{ username: 'alice' }, 'an object with username of type string, password of type undefined'],
    [{ ...alice, domain: 7 }, 'password of type string, domain of type number'],
    [{ ...alice, ntHash: 7 }, 'ntHash of type number'],
  ])('names rubbish that a provider returns: %j', async (rubbish, name) => {
    const asking = ask(new Prompts(async () => rubbish as never));
    await expect(asking).rejects.toMatchObject({ code: 'ERR_INVALID_AUTH_CREDENTIALS' });
    await expect(asking).rejects.toThrow(name);
    await expect(asking).rejects.toThrow(
      "expected { username, password, domain?, ntHash? } with strings, 'ambient' or undefined",
    );
    await expect(asking).rejects.not.toThrow('wonderland');
  });

  it('survives an answer that throws when it is looked at', async () => {
    const hostile = {
      get username(): string {
        throw new Error('boo');
      },
    };
    await expect(ask(new Prompts(async () => hostile as never))).rejects.toMatchObject({
      code: 'ERR_INVALID_AUTH_CREDENTIALS',
    });
  });
});

describe('a provider that sends requests itself', () => {
  it('is not made to wait for its own answer', async () => {
    const prompts: Prompts = new Prompts(async () => {
      await Promise.resolve();
      expect(await ask(prompts)).toBeUndefined();
      return alice;
    });
    expect((await ask(prompts))?.identity).toEqual(alice);
  });

  it('may be asked other questions meanwhile', async () => {
    const prompts: Prompts = new Prompts(async ({ realm }) => {
      if (realm === 'vault') return bob;
      const inner = await prompts.ask('vault', { ...question, realm: 'vault' }, prompts.context, never);
      expect(inner?.identity).toEqual(bob);
      return alice;
    });
    expect((await ask(prompts))?.identity).toEqual(alice);
  });

  it('does not wait for a question whose answer waits for its own', async () => {
    const unanswered: string[] = [];
    const prompts: Prompts = new Prompts(async ({ realm }) => {
      const other = realm === 'a' ? 'b' : 'a';
      await new Promise(setImmediate);
      const answer = await prompts.ask(other, { ...question, realm: other }, prompts.context, never);
      if (answer === undefined) unanswered.push(realm);
      return realm === 'a' ? alice : bob;
    });
    const about = (realm: string) => prompts.ask(realm, { ...question, realm }, prompts.context, never);
    const [a, b] = await Promise.all([about('a'), about('b')]);
    expect([a?.identity, b?.identity]).toEqual([alice, bob]);
    expect(unanswered).toHaveLength(1);
  });

  it('leaves nothing of that behind', async () => {
    const prompts: Prompts = new Prompts(async () => {
      expect(prompts.context).toHaveLength(1);
      return alice;
    });
    await ask(prompts);
    expect(prompts.context).toEqual([]);
  });
});
