import { describe, expect, it } from 'vitest';
import { CallQueue } from '../../src/native/call-queue.js';
import { NativeProvider } from '../../src/native/provider.js';
import { SspiEngine } from '../../src/sspi/engine.js';
import { sspiProvider } from '../../src/sspi/provider.js';
import { contextRequest } from '../request.js';
import { type Exchange, FakeNative, type GiveBuffer, X64 } from './fake-native.js';

/** `SecBuffer` of 64 bits: length, type, pointer. */
const giveSecBuffer: GiveBuffer = (structure, address, length) => {
  const buffer = Buffer.from(structure.buffer, structure.byteOffset, structure.length);
  buffer.writeUInt32LE(length, 0);
  buffer.writeBigUInt64LE(address, 8);
};

const ambient = contextRequest();
const signal = new AbortController().signal;

const CONTINUE = 0x00090312;
const COMPLETE_AND_CONTINUE = 0x00090314;
const HANDLE = '11'.repeat(16);
const acquire = (returns = 0): Exchange => ({
  call: 'AcquireCredentialsHandleW',
  returns,
  ...(returns === 0 && { writes: { 7: HANDLE } }),
});
const initialise = (returns: number, token?: string, flags = 0): Exchange => ({
  call: 'InitializeSecurityContextW',
  returns,
  writes: { 8: '22'.repeat(16), 10: flags.toString(16).padStart(2, '0').padEnd(8, '0') },
  // By the description of the output that comes with it.
  ...(token !== undefined && { buffers: { 9: token } }),
});
const done: Exchange[] = [
  { call: 'DeleteSecurityContext', returns: 0 },
  { call: 'FreeCredentialsHandle', returns: 0 },
];
const free: Exchange = { call: 'FreeContextBuffer', returns: 0 };

function fakeOf(trace: readonly Exchange[]) {
  const native: FakeNative = new FakeNative(trace, (description, address, length) => {
    const buffers = native.at(Buffer.from(description.buffer, description.byteOffset).readBigUInt64LE(8));
    giveSecBuffer(buffers, address, length);
  });
  const provider = new NativeProvider({
    name: 'sspi',
    engine: new SspiEngine(async () => native, X64),
    queue: new CallQueue(),
    timeoutMs: 5_000,
    supports: () => true,
  });
  return { native, provider };
}

const wide = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString('utf16le');

describe('SSPI, as Windows documents it', () => {
  it('signs the logged-in user in, and frees everything', async () => {
    const { native, provider } = fakeOf([
      acquire(),
      initialise(CONTINUE, 'first'),
      free,
      initialise(0, undefined, 2),
      ...done,
    ]);
    const context = provider.initialise(ambient);
    const first = await context.step(undefined, signal);
    expect([Buffer.from(first.token!).toString(), first.complete, first.mutual]).toEqual(['first', false, false]);
    const last = await context.step(Buffer.from('answer'), signal);
    expect([last.token, last.complete, last.mutual]).toEqual([undefined, true, true]);
    context.dispose();
    context.dispose();
    await expect.poll(() => native.left).toEqual([]);
    expect([...native.unfreed]).toEqual([]);
    expect(native.overlaps).toBe(0);

    const [acquired, started, second] = native.played;
    expect([wide(acquired!.args[1]), acquired!.args[2], acquired!.args[4]]).toEqual(['Negotiate\0', 2, null]);
    const again = native.played[3]!;
    expect([started!.args[1], wide(started!.args[2]), started!.args[3], started!.args[6]]).toEqual([
      null,
      'HTTP/web.test\0',
      0x100 | 0x800 | 2,
      null,
    ]);
    expect(second!.call).toBe('FreeContextBuffer');
    // The handle that the first call gave is what the second one continues.
    expect(Buffer.from(again.args[1] as Uint8Array).toString('hex')).toBe('22'.repeat(16));
  });

  it('completes a token where the package wants that', async () => {
    const { native, provider } = fakeOf([
      acquire(),
      initialise(COMPLETE_AND_CONTINUE, 'first'),
      { call: 'CompleteAuthToken', returns: 0 },
      free,
    ]);
    const { complete } = await provider.initialise(ambient).step(undefined, signal);
    expect([complete, native.left]).toEqual([false, []]);
  });

  it('hands over the channel binding behind its header', async () => {
    const { native, provider } = fakeOf([acquire(), initialise(CONTINUE, 'first'), free]);
    const applicationData = Buffer.from('tls-server-end-point:hash');
    const channelBinding = { type: 'tls-server-end-point', applicationData } as const;
    await provider.initialise({ ...ambient, channelBinding }).step(undefined, signal);
    const description = Buffer.from(native.played[1]!.args[6] as Uint8Array);
    expect(description.readUInt32LE(4)).toBe(1);
    const buffer = Buffer.from(native.at(description.readBigUInt64LE(8)));
    expect(buffer.readUInt32LE(4)).toBe(14);
    const bindings = Buffer.from(native.at(buffer.readBigUInt64LE(8)));
    expect([bindings.readUInt32LE(24), bindings.readUInt32LE(28)]).toEqual([applicationData.length, 32]);
    expect(bindings.subarray(32)).toEqual(applicationData);
  });

  it.each([
    [{ username: 'CORP\\alice', password: 'Pässwörd' }, ['alice', 'CORP']],
    [{ username: 'alice', domain: 'CORP', password: 'Pässwörd' }, ['alice', 'CORP']],
    [{ username: 'alice@corp.test', domain: 'CORP', password: 'Pässwörd' }, ['alice@corp.test', '']],
  ])('signs in with %j', async (user, [name, domain]) => {
    let identity: (string | number)[] = [];
    const { native, provider } = fakeOf([acquire(), initialise(CONTINUE, 'first'), free]);
    const { call } = native.library;
    native.library.call = (called, ...args) => {
      if (called === 'AcquireCredentialsHandleW') {
        const structure = Buffer.from(args[4] as Uint8Array);
        const text = (offset: number) => {
          const address = structure.readBigUInt64LE(offset);
          return address === 0n ? '' : wide(native.at(address));
        };
        const lengths = [8, 24, 40, 44].map((offset) => structure.readUInt32LE(offset));
        identity = [text(0), text(16), text(32), ...lengths];
      }
      return call(called, ...args);
    };
    await provider.initialise({ ...ambient, credentials: { kind: 'password', ...user } }).step(undefined, signal);
    expect(identity).toEqual([name, domain, 'Pässwörd', name!.length, domain!.length, 8, 2]);
    // The password does not stay in memory.
    const structure = Buffer.from(native.played[0]!.args[4] as Uint8Array);
    expect(Buffer.from(native.at(structure.readBigUInt64LE(32))).every((byte) => byte === 0)).toBe(true);
  });

  it('serves the bare scheme NTLM', async () => {
    const { native, provider } = fakeOf([acquire(), initialise(CONTINUE, 'NTLMSSP'), free]);
    await provider.initialise({ ...ambient, package: 'ntlm' }).step(undefined, signal);
    expect(wide(native.played[0]!.args[1])).toBe('NTLM\0');
    expect(native.played[1]!.args[3]).toBe(0x100 | 0x800);
  });

  it.each([
    [0x80090303, /knows no service HTTP\/web\.test/],
    [0x8009030e, /logged-in user has no credentials/],
    [0x80090311, /no KDC/],
    [0x80090324, /clock/],
    [0x80090346, /channel binding/],
  ])('says what %i means', async (code, text) => {
    const { native, provider } = fakeOf([acquire(), initialise(code | 0), done[1]!]);
    const context = provider.initialise(ambient);
    await expect(context.step(undefined, signal)).rejects.toThrow(text);
    context.dispose();
    await expect.poll(() => native.left).toEqual([]);
  });

  it('says why nobody can sign in', async () => {
    const { provider } = fakeOf([acquire(0x8009030d | 0)]);
    await expect(provider.initialise(ambient).step(undefined, signal)).rejects.toMatchObject({
      cause: { major: 0x8009030d, message: expect.stringContaining('SEC_E_UNKNOWN_CREDENTIALS') },
    });
  });
});

describe('sspiProvider', () => {
  it('knows what it can use', () => {
    const provider = sspiProvider();
    expect(provider.supports(ambient)).toBe(true);
    expect(provider.supports({ ...ambient, package: 'ntlm' })).toBe(true);
    expect(provider.supports({ ...ambient, credentials: { kind: 'ccache', ccache: 'FILE:/x' } })).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('says that there is no SSPI elsewhere than on Windows', async () => {
    expect(await sspiProvider().unavailable()).toBe(`there is no SSPI on ${process.platform}`);
  });

  it('checks its options', () => expect(() => sspiProvider({ timeoutMs: 0 })).toThrow(TypeError));
});
