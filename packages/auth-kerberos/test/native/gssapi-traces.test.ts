import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GssapiEngine } from '../../src/gssapi/engine.js';
import { gssapiAbi } from '../../src/gssapi/libraries.js';
import { principalOf } from '../../src/gssapi/logins.js';
import { LibraryFailure, type LibraryStatus } from '../../src/native/library-failure.js';
import type { ContextRequest } from '../../src/provider.js';
import { type Exchange, FakeNative, giveGssBuffer, X64 } from './fake-native.js';

/** What a real library was asked and answered, at a KDC and at Apache. Tokens are cut to their first bytes. */
interface Trace {
  readonly library: string;
  readonly has: Record<string, boolean>;
  readonly request: ContextRequest;
  readonly calls: Exchange[];
  readonly steps: ({ complete: boolean; mutual: boolean; token?: string } | { failure: LibraryStatus })[];
}

const FOLDER = new URL('../traces/', import.meta.url);
const traces = readdirSync(FOLDER).map(
  (name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Trace] as const,
);
const trace = (name: string) => traces.find(([known]) => known === name)![1];

function fakeOf({ calls, has, library }: Trace, change: (calls: Exchange[]) => Exchange[] = (same) => same) {
  const native = new FakeNative(change(calls), giveGssBuffer, has, library);
  return { native, engine: new GssapiEngine(async () => native, X64) };
}

/** Plays the steps of a trace, then frees the context. */
async function play({ request, steps }: Trace, engine: GssapiEngine): Promise<Trace['steps']> {
  const seen: Trace['steps'] = [];
  for (const index of steps.keys()) {
    const answer = index === 0 ? undefined : Buffer.from('a token of the server');
    try {
      const { complete, mutual, token } = await engine.step(1, request, answer);
      const digits = token && Buffer.from(token).toString('hex');
      seen.push({ complete, mutual, ...(digits !== undefined && { token: digits }) });
    } catch (error) {
      if (!(error instanceof LibraryFailure)) throw error;
      seen.push({ failure: error.status });
    }
  }
  await engine.release(1);
  return seen;
}

describe.each(traces)('GSSAPI, as recorded: %s', (_, recorded) => {
  it('is called in the same way, with the same outcome', async () => {
    const { native, engine } = fakeOf(recorded);
    expect(await play(recorded, engine)).toEqual(recorded.steps);
    expect(native.left).toEqual([]);
  });

  it('frees every buffer, name, context and credential, one call at a time', async () => {
    const { native, engine } = fakeOf(recorded);
    await play(recorded, engine);
    expect([...native.unfreed]).toEqual([]);
    expect(native.overlaps).toBe(0);
    const count = (call: string) => native.played.filter((played) => played.call === call).length;
    expect(count('gss_release_name')).toBe(count('gss_import_name'));
  });
});

describe('GSS.framework', () => {
  it('gets structures packed as its header has them on Intel', async () => {
    const recorded = trace('heimdal-ambient.json');
    const native = new FakeNative(recorded.calls, giveGssBuffer, recorded.has);
    const engine = new GssapiEngine(async () => native, gssapiAbi('darwin', 'x64'));
    expect(await play(recorded, engine)).toEqual(recorded.steps);
    const mechanism = native.played.find(({ call }) => call === 'gss_init_sec_context')!.args[4] as Uint8Array;
    // Length, and at once the pointer.
    expect(mechanism).toHaveLength(12);
    expect(Buffer.from(mechanism).readUInt32LE(0)).toBe(6);
    const elements = native.at(Buffer.from(mechanism).readBigUInt64LE(4));
    expect(Buffer.from(elements).toString('hex')).toBe('2b0601050502');
  });

  it('without the functions of MIT signs in with tickets, and says what it cannot do', async () => {
    const lacking = { gss_acquire_cred_from: false, gss_acquire_cred_with_password: false };
    const native = new FakeNative([], giveGssBuffer, lacking, 'GSS');
    const engine = new GssapiEngine(async () => native, X64);
    const { request } = trace('mit-ambient.json');
    const keytab = { kind: 'keytab', principal: 'alice', keytab: 'FILE:/x' } as const;
    await expect(engine.step(1, { ...request, credentials: keytab }, undefined)).rejects.toThrow(
      'GSS cannot sign in with a keytab: it has no gss_acquire_cred_from',
    );
    const credentials = { kind: 'password', username: 'alice', password: 'x' } as const;
    await expect(engine.step(1, { ...request, credentials }, undefined)).rejects.toThrow(/a password/);
  });
});

describe('what a context is asked for', () => {
  const initFlags = async (change: Partial<ContextRequest>) => {
    const recorded = trace('mit-ambient.json');
    const unchecked = recorded.calls.map(({ args: _, ...call }) => call);
    const native = new FakeNative(unchecked, giveGssBuffer, recorded.has);
    await new GssapiEngine(async () => native, X64).step(1, { ...recorded.request, ...change }, undefined);
    return native.played.find(({ call }) => call === 'gss_init_sec_context')!.args;
  };

  it.each<[Partial<ContextRequest>, number]>([
    [{ mutual: false }, 0],
    [{ mutual: true }, 2],
    [{ mutual: false, delegation: 'always' }, 1],
    [{ mutual: false, delegation: 'ok-as-delegate' }, 32768],
  ])('flags of %j', async (change, flags) => expect((await initFlags(change))[5]).toBe(flags));

  it('the binding to the channel', async () => {
    const applicationData = Buffer.from('tls-server-end-point:0123');
    const args = await initFlags({ mutual: false, channelBinding: { type: 'tls-server-end-point', applicationData } });
    expect(args[5]).toBe(2048);
    const structure = Buffer.from(args[7] as Uint8Array);
    expect([structure.length, structure.readBigUInt64LE(48)]).toEqual([64, BigInt(applicationData.length)]);
    expect(structure.subarray(0, 48).every((byte) => byte === 0)).toBe(true);
  });
});

describe('a refused login', () => {
  it('is not tried again for a while, whatever waits', async () => {
    const recorded = trace('mit-wrong-password.json');
    const { native, engine } = fakeOf(recorded);
    const failures = [];
    for (const id of [1, 2, 3])
      failures.push(await engine.step(id, recorded.request, undefined).catch((error) => error));
    expect(failures.map((error: LibraryFailure) => error.status.minor)).toEqual(Array(3).fill(0x96c73a18));
    expect(native.played.filter(({ call }) => call === 'gss_acquire_cred_with_password')).toHaveLength(1);
  });
});

describe('the principal of a user', () => {
  it.each([
    [{ username: 'alice' }, 'alice'],
    [{ username: 'alice', domain: 'corp.test' }, 'alice@CORP.TEST'],
    [{ username: 'alice@corp.test' }, 'alice@CORP.TEST'],
    [{ username: 'corp.test\\alice' }, 'alice@CORP.TEST'],
    // NetBIOS names say nothing of the realm.
    [{ username: 'CORP\\alice' }, 'alice'],
    [{ username: 'alice', domain: 'CORP' }, 'alice'],
  ])('%j is %s', (user, principal) => expect(principalOf(user)).toBe(principal));
});
