import { isSchemeError } from '@netloom/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, describe as group, it } from 'vitest';
import { ntlm } from '../src/index.js';
import {
  type AuthenticateMessage,
  type AvPair,
  type ChallengeMessage,
  decodeAuthenticate,
  decodeAvPairs,
  decodeChallenge,
  decodeNegotiate,
  describe,
  encodeAuthenticate,
  encodeAvPairs,
  encodeChallenge,
  encodeNegotiate,
  NegotiateFlag,
  type NegotiateMessage,
  NtlmMessageError,
  type Version,
} from '../src/messages/index.js';
import { challengeOf, challengeWith, contextOf, never } from './context.js';

const LIMIT = 120_000;
/** Runs of each property. Each run of the first three makes {@link BATCH} messages, which is more than 100 000 in all. */
const numRuns = process.env.CI ? 20_000 : 1000;
const BATCH = 35;

const binary = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const version: fc.Arbitrary<Version> = fc.record({
  major: fc.nat(255),
  minor: fc.nat(255),
  build: fc.nat(0xffff),
  revision: fc.nat(255),
});
const avPair: fc.Arbitrary<AvPair> = fc.oneof(
  fc.record({ id: fc.constant(6), value: binary(4) }),
  fc.record({ id: fc.constant(7), value: binary(8) }),
  fc.record({ id: fc.integer({ min: 8, max: 0xffff }), value: fc.uint8Array({ maxLength: 40 }) }),
);
const avPairs = fc.array(avPair, { maxLength: 6 });
const oem = fc.string({
  unit: fc.integer({ min: 0, max: 0xff }).map((unit) => String.fromCharCode(unit)),
  maxLength: 12,
});
const unicode = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  maxLength: 12,
});

/** Flags with the bits of the fields that are there, and without those of the fields that are not. */
function agreeing(flags: number, fields: readonly (readonly [bit: number, field: unknown])[]): number {
  return fields.reduce((all, [bit, field]) => (field === undefined ? all & ~bit : all | bit) >>> 0, flags);
}

/** Leaves out what is undefined, as decoded messages do. */
function dense<T extends object>(message: T): T {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined)) as T;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const negotiate: fc.Arbitrary<NegotiateMessage> = fc
  .record({
    type: fc.constant('Negotiate' as const),
    flags: binary(4),
    domain: optional(oem),
    workstation: optional(oem),
    version: optional(version),
  })
  .map(({ flags, ...message }) =>
    dense({
      ...message,
      flags: agreeing(Buffer.from(flags).readUInt32LE(), [
        [NegotiateFlag.OEM_DOMAIN_SUPPLIED, message.domain],
        [NegotiateFlag.OEM_WORKSTATION_SUPPLIED, message.workstation],
        [NegotiateFlag.VERSION, message.version],
      ]),
    }),
  );

const challenge: fc.Arbitrary<ChallengeMessage> = fc
  .record({
    type: fc.constant('Challenge' as const),
    flags: binary(4),
    serverChallenge: binary(8),
    names: fc.oneof(fc.record({ oem }), fc.record({ unicode })),
    targetInfo: optional(avPairs),
    version: optional(version),
  })
  .map(({ flags, names, ...message }) =>
    dense({
      ...message,
      targetName: 'oem' in names ? names.oem : names.unicode,
      flags: agreeing(Buffer.from(flags).readUInt32LE(), [
        [NegotiateFlag.UNICODE, 'oem' in names ? undefined : true],
        [NegotiateFlag.TARGET_INFO, message.targetInfo],
        [NegotiateFlag.VERSION, message.version],
      ]),
    }),
  );

const authenticate: fc.Arbitrary<AuthenticateMessage> = fc
  .record({
    type: fc.constant('Authenticate' as const),
    flags: binary(4),
    lmResponse: fc.uint8Array({ maxLength: 24 }),
    ntResponse: fc.uint8Array({ maxLength: 80 }),
    names: fc.oneof(
      fc.record({ kind: fc.constant('oem'), domain: oem, username: oem, workstation: oem }),
      fc.record({ kind: fc.constant('unicode'), domain: unicode, username: unicode, workstation: unicode }),
    ),
    encryptedSessionKey: optional(binary(16)),
    version: optional(version),
    mic: binary(16),
  })
  .map(({ flags, names: { kind, ...names }, ...message }) =>
    dense({
      ...message,
      ...names,
      flags: agreeing(Buffer.from(flags).readUInt32LE(), [
        [NegotiateFlag.UNICODE, kind === 'oem' ? undefined : true],
        [NegotiateFlag.VERSION, message.version],
      ]),
    }),
  );

const encoded = fc.oneof(
  negotiate.map(encodeNegotiate),
  challenge.map(encodeChallenge),
  authenticate.map(encodeAuthenticate),
);
const corpus = fc.sample(encoded, { numRuns: 300, seed: 1 });

/** Cheap random numbers below a bound, the same for the same seed (mulberry32). */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

type Random = ReturnType<typeof randomFrom>;

function randomBytes(random: Random): Uint8Array {
  return Uint8Array.from({ length: random(120) }, () => random(256));
}

/** Bytes that begin as a message does. */
function almostMessage(random: Random): Uint8Array {
  return Buffer.concat([Buffer.from('NTLMSSP\0'), Uint8Array.of(random(5), 0, 0, 0), randomBytes(random)]);
}

/** A message in which some bytes were changed, and that was perhaps cut or made longer. */
function mutatedMessage(random: Random): Uint8Array {
  const message = corpus[random(corpus.length)]!;
  const bytes = new Uint8Array(random(3) === 0 ? random(250) : message.length);
  bytes.set(message.subarray(0, bytes.length));
  // Most of what can be wrong stands in the first bytes: lengths, offsets and flags.
  for (let change = random(6); change > 0; change--)
    bytes[random(random(2) === 0 ? 90 : bytes.length + 1)] = random(256);
  return bytes;
}

/** Whether the function ends well or throws the error of malformed messages. */
function endsWell(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    return error instanceof NtlmMessageError;
  }
}

const decoders = [decodeNegotiate, decodeChallenge, decodeAuthenticate, decodeAvPairs];

group('any bytes', () => {
  // Most messages end in an error of which nobody sees the stack, and taking it costs more than all the rest.
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  it.each([
    ['random', randomBytes],
    ['almost a message', almostMessage],
    ['a mutated message', mutatedMessage],
  ])(
    'are decoded and described, or refused by the typed error: %s',
    (_, make) => {
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const random = randomFrom(seed);
          for (let count = 0; count < BATCH; count++) {
            const bytes = make(random);
            if (!endsWell(() => describe(bytes)) || !endsWell(() => decoders[random(4)]!(bytes))) return false;
          }
          return true;
        }),
        { numRuns },
      );
    },
    LIMIT,
  );

  it(
    'that come as a challenge are answered, or refused by the error of schemes',
    async () => {
      const scheme = ntlm();
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const conversation = scheme.start(contextOf());
          await conversation.step(challengeOf('NTLM'), never);
          try {
            await conversation.step(challengeWith(mutatedMessage(randomFrom(seed))), never);
          } catch (error) {
            return isSchemeError(error) && error.effect === 'disable-scheme';
          } finally {
            conversation.dispose();
          }
        }),
        { numRuns },
      );
    },
    LIMIT,
  );
});

group('decoding gives what was encoded', () => {
  it('Negotiate', () => roundTrip(negotiate, encodeNegotiate, decodeNegotiate), LIMIT);
  it('Challenge', () => roundTrip(challenge, encodeChallenge, decodeChallenge), LIMIT);
  it('Authenticate', () => roundTrip(authenticate, encodeAuthenticate, decodeAuthenticate), LIMIT);
  it('target information', () => roundTrip(avPairs, encodeAvPairs, decodeAvPairs), LIMIT);

  function roundTrip<T>(
    arbitrary: fc.Arbitrary<T>,
    encode: (value: T) => Uint8Array,
    decode: (bytes: Uint8Array) => T,
  ) {
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(decode(encode(value))).toEqual(value);
      }),
      { numRuns },
    );
  }
});
