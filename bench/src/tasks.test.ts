import { describe, expect, it } from 'vitest';
import { taskOf, urlOfOrigin } from './tasks.js';

describe('taskOf', () => {
  it('fails an answer that is not the wanted one', async () => {
    const opened = { get: async () => 503, download: async () => 10, close: () => undefined };
    await expect(taskOf({ kind: 'get', url: '' }, opened)(0)).rejects.toThrow('status 503 instead of 200');
    await expect(taskOf({ kind: 'download', url: '', bytes: 20 }, opened)(0)).rejects.toThrow('bytes 10 instead of 20');
  });

  it('says that a contestant has no way to do it', async () => {
    const run = taskOf({ kind: 'upload', url: '', bytes: 1 }, { close: () => undefined });
    await expect(run(0)).rejects.toThrow(expect.objectContaining({ name: 'NotHere' }));
  });
});

describe('urlOfOrigin', () => {
  it('gives every number an address of its own on this machine', () => {
    const urls = Array.from({ length: 70_000 }, (_, i) => urlOfOrigin('http://127.0.0.1:80/1k', i));
    expect(new Set(urls).size).toBe(urls.length);
    expect(urls.filter((url) => !/^http:\/\/127(\.(25[0-4]|2[0-4]\d|1?\d?\d)){3}:80\/1k$/.test(url))).toEqual([]);
  });
});
