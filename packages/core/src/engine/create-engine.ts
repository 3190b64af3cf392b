import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EngineFactory } from '../pool/connection.js';

let http1: EngineFactory | undefined;
let http2: EngineFactory | undefined;

/**
 * What makes the engine for the protocol that ALPN agreed on. Each is loaded when the first server speaks it, and
 * returned once the sockets have been read: a peer that refused the connection meanwhile would answer the first bytes
 * of an engine with a reset, which discards the refusal before it is read.
 */
export async function loadEngine(alpn: string | undefined): Promise<EngineFactory> {
  if (alpn === 'h2') {
    http2 ??= await loadHttp2();
    return http2;
  }
  http1 ??= await loadHttp1();
  return http1;
}

async function loadHttp1(): Promise<EngineFactory> {
  const { H1Engine } = await import('./h1.js');
  await socketsRead();
  return (origin, { socket }, events) => new H1Engine(origin, socket, events);
}

async function loadHttp2(): Promise<EngineFactory> {
  const { H2Engine } = await import('./h2.js');
  await socketsRead();
  return (origin, { socket }, events) => new H2Engine(origin, socket, events);
}

/** Between two turns of immediates the event loop reads every socket that has data. */
async function socketsRead(): Promise<void> {
  await nextTurn();
  await nextTurn();
}
