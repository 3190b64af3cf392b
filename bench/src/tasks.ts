import { NotHere, type Opened } from './contestants/contestant.js';

/** What a contestant does again and again. */
export interface Task {
  readonly kind: 'get' | 'download' | 'upload' | 'json' | 'origins' | 'call';
  /** `{n}` in it is the number of the operation. */
  readonly url: string;
  /** Of downloads and uploads. */
  readonly bytes?: number;
}

/** One operation of a task, which fails unless all went as it should; `index` counts them in their process. */
export function taskOf({ kind, url, bytes = 0 }: Task, opened: Opened): (index: number) => Promise<void> {
  const { get, download, upload, json, call } = opened;
  switch (kind) {
    case 'get':
      return async () => expectStatus(await needed(get)(url));
    case 'origins':
      return async (index) => expectStatus(await needed(get)(urlOfOrigin(url, index)));
    case 'download':
      return async () => expect('bytes', await needed(download)(url), bytes);
    case 'upload':
      return async () => expectStatus(await needed(upload)(url, bytes));
    case 'json':
      return async () => expect('type', typeof (await needed(json)(url)), 'object');
    case 'call':
      return (index) => needed(call)(url.replace('{n}', String(index)));
  }
}

/** Every number is an origin of its own: all of 127.0.0.0/8 is this machine. */
export function urlOfOrigin(url: string, index: number): string {
  const [third, fourth] = [Math.floor(index / 250) % 250, index % 250];
  const second = 1 + (Math.floor(index / 62_500) % 250);
  return url.replace('127.0.0.1', `127.${second}.${third}.${fourth + 1}`);
}

function needed<F>(operation: F | undefined): F {
  if (operation === undefined) throw new NotHere('has no way to do this');
  return operation;
}

function expectStatus(status: number): void {
  expect('status', status, 200);
}

function expect<T>(what: string, actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`${what} ${actual} instead of ${expected}`);
}
