/** A listener of an event that is not known by name. */
// biome-ignore lint/suspicious/noExplicitAny: as in the types of Node's EventEmitter
export type AnyListener = (...args: any[]) => void;
