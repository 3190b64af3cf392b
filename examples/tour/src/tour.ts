import type { Writable } from 'node:stream';
import { basic, type Client, createClient, digest } from '@netloom/core';
import { createLab, type Lab } from '@netloom/lab';
import { WebSocket } from 'undici';
import { bound } from './bound.js';
import { columns, type Paint, painter } from './paint.js';
import { SCENARIOS, type Scenario, type Stage } from './scenarios.js';

/** What came of one request. */
interface Outcome {
  readonly result: number | string;
  readonly protocol?: string | undefined;
  readonly route?: string | undefined;
}

const WIDTHS = [50, 30, 8, 9, 7, 12, 30, 9];

/** Starts the lab and goes through all scenarios, one line each; resolves with the exit code. */
export async function tour(out: Writable & { isTTY?: boolean }): Promise<number> {
  const paint = painter(out.isTTY === true && process.env.NO_COLOR === undefined);
  const print = (line: string) => out.write(`${line}\n`);
  print(
    paint.dim(columns(['scenario', 'route', 'scheme', 'protocol', 'rounds', 'connections', 'result', 'time'], WIDTHS)),
  );
  const lab = await createLab();
  let wrong = 0;
  try {
    for (const scenario of SCENARIOS) {
      const { line, right } = await row(lab, scenario, paint);
      print(line);
      if (!right) wrong += 1;
    }
  } finally {
    await lab.close();
  }
  print(wrong === 0 ? paint.good(`all ${SCENARIOS.length} right`) : paint.bad(`${wrong} of ${SCENARIOS.length} wrong`));
  return wrong === 0 ? 0 : 1;
}

async function row(lab: Lab, { name, scheme, set }: Scenario, paint: Paint): Promise<{ line: string; right: boolean }> {
  const stage = await set(lab);
  const trusting = { ca: lab.ca.cert, trust: 'none' } as const;
  const client = createClient({
    auth: [bound(), digest(), basic()],
    tls: trusting,
    proxyTls: trusting,
    ...stage.client,
  });
  const start = performance.now();
  const outcomes = await Promise.all(Array.from({ length: stage.parallel ?? 1 }, () => run(client, stage)));
  const ms = performance.now() - start;
  await client.destroy();
  stage.resolver?.close();

  const { stats } = stage.peer;
  const surprise = surpriseOf(stage, outcomes);
  const [first] = outcomes as [Outcome];
  const result = surprise ?? `${first.result}`;
  const cells = [
    name,
    first.route ?? routeOf(stage),
    scheme,
    first.protocol ?? '-',
    `${stats.rounds}`,
    `${stats.connections}`,
  ];
  const line = `${columns(cells, WIDTHS)} ${surprise === undefined ? paint.good(result.padEnd(30)) : paint.bad(result)}`;
  return { line: `${line} ${paint.dim(`${ms.toFixed(0)} ms`)}`, right: surprise === undefined };
}

async function run(client: Client, stage: Stage): Promise<Outcome> {
  try {
    if (stage.by === 'websocket') return { result: await upgrade(client, stage.url) };
    if (stage.by === 'fetch') {
      const { method = 'GET', body } = stage.request ?? {};
      const init = { method, body: body as string, dispatcher: client.dispatcher };
      const answer = await fetch(stage.url, init as RequestInit);
      await answer.arrayBuffer();
      return { result: answer.status };
    }
    const { statusCode, body, connection, route } = await client.request(stage.url, stage.request);
    await body.arrayBuffer();
    return { result: statusCode, protocol: connection?.protocol, route };
  } catch (error) {
    return { result: codeOf(error) };
  }
}

function upgrade({ dispatcher }: Client, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { dispatcher });
    socket.addEventListener('open', () => socket.send('hello'));
    socket.addEventListener('message', () => socket.close());
    socket.addEventListener('close', () => resolve(101));
    socket.addEventListener('error', (event) => reject(event.error));
  });
}

/** What is not as it should be; undefined where all is right. */
function surpriseOf(
  { expected, protocol, connections, peer }: Stage,
  outcomes: readonly Outcome[],
): string | undefined {
  const other = outcomes.find(({ result }) => result !== expected);
  if (other !== undefined) return `${other.result}, not ${expected}`;
  const spoken = outcomes[0]?.protocol;
  if (protocol !== undefined && spoken !== undefined && spoken !== protocol) return `${spoken}, not ${protocol}`;
  const opened = peer.stats.connections;
  return connections !== undefined && opened > connections ? `${opened} connections, not ${connections}` : undefined;
}

function routeOf({ client }: Stage): string {
  return typeof client?.proxy === 'string' ? new URL(client.proxy).origin : 'direct://';
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return code ?? cause?.code ?? String(error);
}
