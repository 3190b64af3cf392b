import { ntlmMechanism } from '@netloom/auth-ntlm';
import { isSchemeError, type SecurityMechanism } from '@netloom/contracts';
import { NtlmAcceptor } from '@netloom/lab';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManagedContext } from '../src/managed/context.js';
import { SpnegoTokenError } from '../src/spnego/error.js';
import { decodeSpnego, encodeInit, encodeResp } from '../src/spnego/index.js';
import { NEG_STATES, type SpnegoToken } from '../src/spnego/tokens.js';
import { alice, contextOf, never } from './context.js';

const LIMIT = 120_000;
/** Runs of each property. Each run of the middle three reads {@link BATCH} tokens, which is more than 100 000 in all. */
const numRuns = process.env.CI ? 1000 : 100;
const BATCH = 40;

const octets = fc.uint8Array({ maxLength: 40 });
const oid = fc
  .tuple(fc.nat(1), fc.nat(39), fc.array(fc.nat(2 ** 31 - 1), { maxLength: 6 }))
  .map(([first, second, more]) => [first, second, ...more].join('.'));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Leaves out what is undefined, as tokens that were read do. */
const dense = <T extends object>(token: T): T =>
  Object.fromEntries(Object.entries(token).filter(([, value]) => value !== undefined)) as T;

const name = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 12,
});
const hints = fc.record({ name: optional(name), address: optional(octets) }).map(dense);
const init = fc
  .record({
    mechTypes: fc.array(oid, { maxLength: 4 }),
    mechToken: optional(octets),
    mechListMic: optional(octets),
    hints: optional(hints),
  })
  .map((token): SpnegoToken => dense({ type: 'init' as const, ...token }));
const resp = fc
  .record({
    state: optional(fc.constantFrom(...NEG_STATES)),
    supportedMech: optional(oid),
    responseToken: optional(octets),
    mechListMic: optional(octets),
  })
  .map((token): SpnegoToken => dense({ type: 'resp' as const, ...token }));
const token = fc.oneof(init, resp);
const encode = (value: SpnegoToken) => (value.type === 'init' ? encodeInit(value) : encodeResp(value));

/** A source of numbers below a limit; one from a seed costs less than one from fast-check. */
const numbersFrom = (seed: number) => {
  let state = seed >>> 0;
  return (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % limit;
  };
};
const randomBytes = (next: (limit: number) => number, length: number) => Uint8Array.from({ length }, () => next(256));

/** Bytes of a token with some of them changed, and perhaps cut off or with more behind them. */
function mutate(token: Uint8Array, next: (limit: number) => number): Uint8Array {
  const bytes = Buffer.from(token);
  for (let changes = next(5); changes > 0; changes--) bytes[next(bytes.length)] = next(256);
  const kept = next(3) === 0 ? bytes.subarray(0, next(bytes.length + 1)) : bytes;
  return new Uint8Array(Buffer.concat([kept, randomBytes(next, next(4))]));
}

function readsOrRefuses(bytes: Uint8Array): void {
  try {
    // Without expect(), which would cost more than what it looks at.
    if (!/^(init|resp)$/.test(decodeSpnego(bytes).type)) throw new Error('neither kind of token');
  } catch (error) {
    if (!(error instanceof SpnegoTokenError)) throw error;
  }
}

/** Reads a batch of tokens that are made from a seed. */
const batch = (make: (next: (limit: number) => number, token: Uint8Array) => Uint8Array) =>
  fc.property(fc.integer(), token.map(encode), (seed, bytes) => {
    const next = numbersFrom(seed);
    for (let i = 0; i < BATCH; i++) readsOrRefuses(make(next, bytes));
  });

it(
  'what is written is read',
  () => {
    fc.assert(
      fc.property(token, (value) => {
        expect(decodeSpnego(encode(value))).toEqual(value);
      }),
      { numRuns },
    );
  },
  LIMIT,
);

const STARTS = ['60', 'a0', 'a1', '6084', '602206062b0601050502a0', 'a18000', '30', '24', 'bf8148'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

it.each([
  ['random bytes', batch((next) => randomBytes(next, next(200)))],
  [
    'bytes that begin as a token',
    batch((next) => new Uint8Array(Buffer.concat([STARTS[next(STARTS.length)]!, randomBytes(next, next(60))]))),
  ],
  ['tokens that were changed', batch((next, bytes) => mutate(bytes, next))],
])('%s are read, or refused by a typed error', (_, property) => fc.assert(property, { numRuns }), LIMIT);

it(
  'a sign-in takes any answers, or ends with a typed error',
  async () => {
    const ntlm: SecurityMechanism = ntlmMechanism();
    const start = () => ntlm.start(contextOf({ identity: alice }));
    const mutated = fc.tuple(token, fc.integer()).map(([value, seed]) => mutate(encode(value), numbersFrom(seed)));
    const answers = fc.array(fc.oneof(mutated, token.map(encode), fc.uint8Array({ maxLength: 40 })), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(answers, fc.boolean(), async (list, behindRealChallenge) => {
        const context = new ManagedContext(ntlm, start, false);
        try {
          const { token: first } = await context.step(undefined, never);
          if (behindRealChallenge) {
            const sent = decodeSpnego(first!);
            const negotiate = sent.type === 'init' ? sent.mechToken! : new Uint8Array();
            const responseToken = new Uint8Array(new NtlmAcceptor().challenge(Buffer.from(negotiate)));
            await context.step(encodeResp({ state: 'request-mic', supportedMech: ntlm.oid, responseToken }), never);
          }
          for (const answer of list) await context.step(answer, never);
        } catch (error) {
          if (!isSchemeError(error) && !(error instanceof SpnegoTokenError)) throw error;
        } finally {
          context.dispose();
        }
      }),
      { numRuns },
    );
  },
  LIMIT,
);
