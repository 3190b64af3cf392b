import type { Writable } from 'node:stream';
import { channels } from '@netloom/core';

type Line = (event: never) => string;

const LINES: Readonly<Record<keyof typeof channels, Line>> = {
  proxyResolved: ({ url, routes, source }: { url: string; routes: readonly string[]; source: string }) =>
    `route to ${url}: ${routes.join(', ')} (${source})`,
  connectionOpened: ({ connection, origin, route, protocol }: ConnectionLine) =>
    `connection ${connection} opened to ${origin} over ${route}, ${protocol}`,
  connectionClosed: ({ connection }: ConnectionLine) => `connection ${connection} closed`,
  challenge: ({ target, host, port, schemes }: SignInLine) =>
    `${target} ${host}:${port} asks for sign-in: ${schemes.join(', ')}`,
  tokenSent: ({ target, host, port, schemes, round }: SignInLine) =>
    `credentials sent to ${target} ${host}:${port}: ${schemes.join(', ')}, round ${round}`,
  fallback: ({ failed, next, code }: { failed: string; next: string; code: string }) =>
    `${failed} failed (${code}), trying ${next}`,
  retry: ({ url, reason }: { url: string; reason: string }) => `${url} sent again: ${reason}`,
  preconnectFailed: ({ url, code }: { url: string; code: string }) =>
    `no connection to ${url} ahead of requests: ${code}`,
  redirect: ({ status, to }: { status: number; to: string }) => `${status}, redirected to ${to}`,
};

interface ConnectionLine {
  readonly connection: number;
  readonly origin: string;
  readonly route: string;
  readonly protocol: string;
}

interface SignInLine {
  readonly target: string;
  readonly host: string;
  readonly port: number;
  readonly schemes: readonly string[];
  readonly round: number;
}

/** Tells what netloom's diagnostics channels say; the result ends that. */
export function narrate(out: Writable): () => void {
  const ends = Object.entries(channels).map(([name, channel]) => {
    const tell = (event: unknown) => out.write(`* ${LINES[name as keyof typeof channels](event as never)}\n`);
    channel.subscribe(tell);
    return () => channel.unsubscribe(tell);
  });
  return () => {
    for (const end of ends) end();
  };
}
