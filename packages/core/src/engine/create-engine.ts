import type { EngineFactory } from '../pool/connection.js';

let http1: EngineFactory | undefined;
let http2: EngineFactory | undefined;

/** What makes the engine for the protocol that ALPN agreed on. Each is loaded when the first server speaks it. */
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
  return (origin, { socket }, events) => new H1Engine(origin, socket, events);
}

async function loadHttp2(): Promise<EngineFactory> {
  const { H2Engine } = await import('./h2.js');
  return (origin, { socket }, events) => new H2Engine(origin, socket, events);
}
