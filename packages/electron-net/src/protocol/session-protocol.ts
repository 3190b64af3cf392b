import { app } from '../app/app.js';
import { answerByFetch, type FetchHandler } from './fetch-handler.js';
import type { AnswerRequest, ProtocolHandlers } from './handlers.js';
import { type AskUrl, answerByCallback, type BodyKind, type ProtocolRequest } from './legacy-handler.js';
import type { Protocol, ProtocolHandler } from './protocol.js';
import { type CustomScheme, checkScheme, isBuiltInScheme } from './schemes.js';
import { answerFromSource, type ProtocolSource } from './source.js';

/** The {@link Protocol} of a session. */
export class SessionProtocol implements Protocol {
  readonly #handlers: ProtocolHandlers;
  readonly #askUrl: AskUrl;
  readonly #sources = new Map<string, ProtocolSource>();

  constructor(handlers: ProtocolHandlers, askUrl: AskUrl) {
    this.#handlers = handlers;
    this.#askUrl = askUrl;
  }

  handle(scheme: string, handler: FetchHandler): void {
    checkHandler(handler);
    this.#handle(scheme, answerByFetch(handler));
  }

  unhandle(scheme: string): void {
    const isThere = isBuiltInScheme(scheme) ? this.uninterceptProtocol(scheme) : this.unregisterProtocol(scheme);
    if (!isThere) throw new Error(`Failed to unhandle protocol: ${scheme}`);
  }

  isProtocolHandled(scheme: string): boolean {
    return isBuiltInScheme(scheme) ? this.isProtocolIntercepted(scheme) : this.isProtocolRegistered(scheme);
  }

  registerSource(scheme: string, source: ProtocolSource): void {
    this.#handle(scheme, answerFromSource(source));
    this.#sources.set(scheme, source);
  }

  getSource(scheme: string): ProtocolSource | null {
    return this.#sources.get(scheme) ?? null;
  }

  registerSchemesAsPrivileged(customSchemes: CustomScheme[]): void {
    checkPrivileged(customSchemes);
  }

  registerBufferProtocol(scheme: string, handler: ProtocolHandler<Buffer>): boolean {
    return this.#addCallback('registered', scheme, 'buffer', handler);
  }

  registerFileProtocol(scheme: string, handler: ProtocolHandler<string>): boolean {
    return this.#addCallback('registered', scheme, 'file', handler);
  }

  registerHttpProtocol(scheme: string, handler: ProtocolHandler<never>): boolean {
    return this.#addCallback('registered', scheme, 'http', handler);
  }

  registerStreamProtocol(scheme: string, handler: ProtocolHandler<NodeJS.ReadableStream>): boolean {
    return this.#addCallback('registered', scheme, 'stream', handler);
  }

  registerStringProtocol(scheme: string, handler: ProtocolHandler<string>): boolean {
    return this.#addCallback('registered', scheme, 'string', handler);
  }

  interceptBufferProtocol(scheme: string, handler: ProtocolHandler<Buffer>): boolean {
    return this.#addCallback('intercepted', scheme, 'buffer', handler);
  }

  interceptFileProtocol(scheme: string, handler: ProtocolHandler<string>): boolean {
    return this.#addCallback('intercepted', scheme, 'file', handler);
  }

  interceptHttpProtocol(scheme: string, handler: ProtocolHandler<never>): boolean {
    return this.#addCallback('intercepted', scheme, 'http', handler);
  }

  interceptStreamProtocol(scheme: string, handler: ProtocolHandler<NodeJS.ReadableStream>): boolean {
    return this.#addCallback('intercepted', scheme, 'stream', handler);
  }

  interceptStringProtocol(scheme: string, handler: ProtocolHandler<string>): boolean {
    return this.#addCallback('intercepted', scheme, 'string', handler);
  }

  unregisterProtocol(scheme: string): boolean {
    return this.#remove('registered', scheme);
  }

  uninterceptProtocol(scheme: string): boolean {
    return this.#remove('intercepted', scheme);
  }

  isProtocolRegistered(scheme: string): boolean {
    return this.#handlers.registered.has(scheme);
  }

  isProtocolIntercepted(scheme: string): boolean {
    return this.#handlers.intercepted.has(scheme);
  }

  #handle(scheme: string, answer: AnswerRequest): void {
    if (!this.#add(isBuiltInScheme(scheme) ? 'intercepted' : 'registered', scheme, answer)) {
      throw new Error(`Failed to register protocol: ${scheme}`);
    }
  }

  #addCallback(kind: Kind, scheme: string, body: BodyKind, handler: AnyHandler): boolean {
    checkHandler(handler);
    return this.#add(kind, scheme, answerByCallback(body, handler, this.#askUrl));
  }

  #add(kind: Kind, scheme: string, answer: AnswerRequest): boolean {
    checkScheme(scheme);
    const handlers = this.#handlers[kind];
    if (handlers.has(scheme) || (kind === 'registered' && isBuiltInScheme(scheme))) return false;
    handlers.set(scheme, answer);
    return true;
  }

  #remove(kind: Kind, scheme: string): boolean {
    this.#sources.delete(scheme);
    return this.#handlers[kind].delete(scheme);
  }
}

/** What it calls back with is looked at, whatever its type says. */
type AnyHandler = (request: ProtocolRequest, callback: (response: unknown) => void) => void;
type Kind = 'registered' | 'intercepted';

function checkHandler(handler: unknown): void {
  if (typeof handler !== 'function') throw new TypeError(`\`handler\` should be a function; got ${typeof handler}`);
}

/** @throws Error once the app is ready; TypeError for what are no schemes. */
export function checkPrivileged(customSchemes: unknown): void {
  if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
  if (!Array.isArray(customSchemes)) throw new TypeError('`customSchemes` should be an array');
  for (const custom of customSchemes) checkScheme(custom?.scheme);
}
