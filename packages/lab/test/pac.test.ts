import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLab, type Lab } from '../src/index.js';
import { ask } from './client.js';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

it('gives out a script that can be changed', async () => {
  const pac = await lab.pacServer({ script: 'first' });
  expect(pac.url).toBe(`http://127.0.0.1:${pac.port}/proxy.pac`);
  const answer = await ask(pac.url);
  expect([answer.text, answer.headers['content-type']]).toEqual(['first', 'application/x-ns-proxy-autoconfig']);
  pac.setScript('second');
  expect((await ask(pac.url.replace('proxy.pac', 'wpad.dat'))).text).toBe('second');
  expect((await ask(pac.url.replace('proxy.pac', 'other'))).status).toBe(404);
  expect(pac.stats.requests).toBe(3);
});

it('fails as it is told', async () => {
  const pac = await lab.pacServer({
    script: 'x',
    contentType: 'text/plain',
    fault: { kind: 'answer', status: 500, first: 1 },
  });
  expect((await ask(pac.url)).status).toBe(500);
  expect((await ask(pac.url)).headers['content-type']).toBe('text/plain');
  await pac.setFault({ kind: 'refuse' });
  await expect(ask(pac.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
