import type { ClientRequestConstructorOptions } from './request-options.js';

type Priority = NonNullable<ClientRequestConstructorOptions['priority']>;

/** Urgency by name; that of `lowest` is what servers assume without a word. */
const URGENCY: Readonly<Record<Priority, string>> = {
  throttled: 'u=5',
  idle: 'u=4',
  lowest: '',
  low: 'u=2',
  medium: 'u=1',
  highest: 'u=0',
};

/** The `Priority` field (RFC 9218 section 5); empty: none is sent. */
export function priorityField(priority: Priority = 'idle', incremental = true): string {
  return [URGENCY[priority] ?? URGENCY.idle, incremental ? 'i' : ''].filter((part) => part !== '').join(', ');
}
