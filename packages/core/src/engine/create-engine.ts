import type { EngineFactory } from '../pool/connection.js';
import { H1Engine } from './h1.js';

const http1: EngineFactory = (origin, { socket }, events) => new H1Engine(origin, socket, events);

/** What makes the engine for the protocol that ALPN agreed on. HTTP/2 is loaded when the first server speaks it. */
export async function loadEngine(alpn: string | undefined): Promise<EngineFactory> {
  if (alpn !== 'h2') return http1;
  const { H2Engine } = await import('./h2.js');
  return (origin, { socket }, events) => new H2Engine(origin, socket, events);
}
