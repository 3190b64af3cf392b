import type { Identity } from '@netloom/contracts';

/** The credentials that a URL carries. */
export function identityOf({ username, password }: URL): Identity | undefined {
  if (username === '' && password === '') return undefined;
  return { username: percentDecoded(username), password: percentDecoded(password) };
}

function percentDecoded(text: string): string {
  // Not every text with a percent sign is an encoding: such a one means itself.
  return /^(?:[^%]|%[0-9a-f]{2})*$/i.test(text) ? Buffer.from(unescapeBytes(text), 'latin1').toString('utf8') : text;
}

function unescapeBytes(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
