import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** No traffic of the browser's own, nothing of this machine, and no upgrade of http URLs. */
const SWITCHES = [
  ...['--headless=new', '--no-sandbox', '--no-first-run', '--disable-gpu', '--disable-quic', '--disable-sync'],
  ...[
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-extensions',
  ],
  '--remote-debugging-pipe',
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks,OptimizationHints',
];

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** One process of Chromium with a profile of its own, driven by the DevTools protocol over a pipe. */
export class Browser {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #ended: Promise<never>;
  #count = 0;
  /** Sessions of two pages: one goes to URLs, the other stays blank and opens WebSockets. */
  #visiting: string | undefined;
  #blank: string | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    this.#ended = once(child, 'exit').then(() => Promise.reject(new Error('Chromium ended')));
    // Whoever waits for an answer then is told; nobody may.
    this.#ended.catch(() => undefined);
  }

  /**
   * Starts Chromium.
   *
   * @param switches - the proxy configuration under test, and whatever else it takes.
   */
  static async launch(switches: readonly string[]): Promise<Browser> {
    const folder = await mkdtemp(join(tmpdir(), 'netloom-chromium-'));
    const { PATH } = process.env;
    const child = spawn(
      'chromium',
      [
        ...SWITCHES,
        `--user-data-dir=${folder}/profile`,
        `--log-net-log=${folder}/net.json`,
        ...switches,
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { PATH, HOME: folder } },
    );
    const browser = new Browser(child, folder);
    browser.#listen(child.stdio[4] as Readable);
    browser.#visiting = await browser.#openPage();
    browser.#blank = await browser.#openPage();
    return browser;
  }

  /** Goes to an http or https URL, or opens a WebSocket, and waits for the outcome. Gives the error if there is one. */
  async visit(url: string): Promise<string | undefined> {
    if (/^wss?:/.test(url)) {
      const expression = `new Promise((done) => { const s = new WebSocket(${JSON.stringify(url)}); s.onclose = () => done() })`;
      await this.#call('Runtime.evaluate', { expression, awaitPromise: true }, this.#blank);
      return undefined;
    }
    const { errorText } = await this.#call<{ errorText?: string }>('Page.navigate', { url }, this.#visiting);
    return errorText;
  }

  /** Ends the browser and gives its net log. */
  async close(): Promise<NetLog> {
    const exited = once(this.child, 'exit');
    await this.#call('Browser.close', {});
    await exited;
    const log = JSON.parse(await readFile(join(this.folder, 'net.json'), 'utf8')) as NetLog;
    await rm(this.folder, { recursive: true });
    return log;
  }

  async #openPage(): Promise<string> {
    const { targetId } = await this.#call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const attached = await this.#call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
    return attached.sessionId;
  }

  #listen(from: Readable): void {
    let rest = '';
    from.setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop()!;
      for (const message of messages) {
        const answer = JSON.parse(message) as Answer;
        this.#waiting.get(answer.id)?.(answer);
      }
    });
  }

  #call<Result>(method: string, params: object, sessionId?: string): Promise<Result> {
    const id = ++this.#count;
    (this.child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const answer = new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result as Result);
      });
    });
    return Promise.race([answer, this.#ended]);
  }
}

/** The parts of a net log that are read here. */
export interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> };
  readonly events: readonly {
    readonly type: number;
    readonly source: { readonly id: number };
    readonly params?: Readonly<Record<string, unknown>>;
  }[];
}
