import { setImmediate as turn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { describe, expect, test } from 'vitest';
import { ResponseBody } from './response-body.js';

/** A body, what feeds it, and what it told its connection. */
function bodyOf(pieces: readonly string[], contentType?: string) {
  const told: string[] = [];
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    abort: () => void told.push('abort'),
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
  } as Dispatcher.DispatchController;
  const body = new ResponseBody(controller, contentType);
  for (const piece of pieces) body.receive(Buffer.from(piece));
  return { body, told };
}

function whole(pieces: readonly string[], contentType?: string): ResponseBody {
  const { body } = bodyOf(pieces, contentType);
  body.finish();
  return body;
}

describe('ResponseBody', () => {
  test('gives its bytes in every form', async () => {
    expect(await whole(['gr', 'üße']).text()).toBe('grüße');
    expect(await whole(['\uFEFF', 'text']).text()).toBe('text');
    expect(await whole(['{"a":', '1}']).json()).toEqual({ a: 1 });
    expect(new Uint8Array(await whole(['ab', 'c']).arrayBuffer())).toEqual(new Uint8Array([97, 98, 99]));
    expect(await whole(['a']).bytes()).toEqual(new Uint8Array([97]));
    expect(await whole([]).text()).toBe('');
    const blob = await whole(['x'], 'text/plain').blob();
    expect([await blob.text(), blob.type]).toEqual(['x', 'text/plain']);
    expect((await whole(['a=b+c'], 'application/x-www-form-urlencoded').formData()).get('a')).toBe('b c');
    expect(await new Response(whole(['web']).body).text()).toBe('web');
  });

  test('is read once', async () => {
    const body = whole(['x']);
    expect(body.bodyUsed).toBe(false);
    await body.text();
    expect(body.bodyUsed).toBe(true);
    await expect(body.text()).rejects.toThrow(TypeError);
  });

  test('pauses its connection when nobody reads, and lets it go on', async () => {
    const { body, told } = bodyOf(['x'.repeat(70_000)]);
    expect(told).toEqual(['pause']);
    const text = body.text();
    await turn();
    expect(told).toContain('resume');
    body.finish();
    expect((await text).length).toBe(70_000);
  });

  test('dump reads to the end, or gives the connection up at the limit', async () => {
    await whole(['x'.repeat(1000)]).dump();
    const { body, told } = bodyOf(['x'.repeat(2000)]);
    await body.dump({ limit: 1000 });
    expect(told).toContain('abort');
    const abort = new AbortController();
    const dumped = bodyOf(['x']).body.dump({ signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(dumped).rejects.toThrow('enough');
  });

  test('an error comes to whoever reads, now or later, and ends no process', async () => {
    const failure = new Error('reset');
    const now = bodyOf(['x']).body;
    const reading = now.text();
    now.fail(failure);
    await expect(reading).rejects.toBe(failure);

    const later = bodyOf(['x']).body;
    later.fail(failure);
    await turn();
    await expect(later.text()).rejects.toBe(failure);
  });

  test('destroying it gives the connection up', async () => {
    const { body, told } = bodyOf(['x']);
    body.destroy();
    await turn();
    expect(told).toEqual(['abort']);
    await expect(body.text()).rejects.toMatchObject({ name: 'AbortError' });
  });
});
