import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { NotHere, type Open, type OutsideCost, type Setting, without } from './contestant.js';

/** No traffic of the browser's own, no question of origins, and the lab's certificates as good as others. */
const SWITCHES = [
  ...['--headless=new', '--no-sandbox', '--no-first-run', '--disable-gpu', '--disable-quic', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-default-apps'],
  ...['--disable-extensions', '--disable-web-security', '--ignore-certificate-errors', '--remote-debugging-pipe'],
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks',
];

/** Runs in the page: fetches one URL again and again. */
const LOOP = `async (url, parallel, ms) => {
  const start = performance.now();
  let operations = 0;
  const worker = async () => {
    do {
      const response = await fetch(url, { cache: 'no-store' });
      const reader = response.body.getReader();
      while (!(await reader.read()).done);
      if (response.status !== 200) throw new Error('status ' + response.status);
      operations++;
    } while (performance.now() - start < ms);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { operations, wallMs: performance.now() - start };
}`;

/** `fetch` in a page of Chromium. What it costs all of the browser's processes is not told. */
export const open: Open = async (setting) => {
  without(setting, 'signIn', 'pac');
  const profile = await mkdtemp(join(tmpdir(), 'netloom-bench-'));
  const child = await start([...SWITCHES, ...proxySwitches(setting), `--user-data-dir=${profile}`, 'about:blank']);
  const page = new Page(child);
  await page.open();
  return {
    turn: ({ url, parallel, ms }) =>
      page.evaluate<OutsideCost>(`(${LOOP})(${JSON.stringify(url)}, ${parallel}, ${ms})`),
    async close() {
      const exited = once(child, 'exit');
      await page.call('Browser.close', {});
      await exited;
      await rm(profile, { recursive: true, maxRetries: 5 });
    },
  };
};

function proxySwitches({ proxy }: Setting): string[] {
  return proxy ? [`--proxy-server=${proxy}`, '--proxy-bypass-list=<-loopback>'] : ['--no-proxy-server'];
}

async function start(switches: readonly string[]): Promise<ChildProcess> {
  for (const program of ['chromium', 'chromium-browser', 'google-chrome']) {
    const child = spawn(program, switches, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const started = await Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)]);
    if (started) return child;
  }
  throw new NotHere('no Chromium on this machine');
}

/** A blank page, driven by the DevTools protocol over a pipe. */
class Page {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolversLike>();
  #count = 0;
  #session: string | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    let rest = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#settle(JSON.parse(message) as Answer);
    });
    child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium ended'));
    });
  }

  async open(): Promise<void> {
    const { targetId } = await this.call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const attached = await this.call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
    this.#session = attached.sessionId;
  }

  async evaluate<Result>(expression: string): Promise<Result> {
    const { result, exceptionDetails } = await this.call<Evaluated<Result>>('Runtime.evaluate', {
      ...{ expression, awaitPromise: true, returnByValue: true },
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  call<Result>(method: string, params: object): Promise<Result> {
    const id = ++this.#count;
    const message = { id, method, params, ...(this.#session !== undefined && { sessionId: this.#session }) };
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
    });
  }

  #settle({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }
}

interface PromiseWithResolversLike {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Evaluated<Result> {
  readonly result: { readonly value: Result };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}
