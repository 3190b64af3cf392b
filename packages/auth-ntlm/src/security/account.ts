/** The name under which an account signs in, cut into the fields of the Authenticate message. */
export interface Account {
  /** Windows domain; empty where the server is to find it. */
  readonly domain: string;
  readonly username: string;
}

/** Most UTF-16 units of each name; Windows takes no more. */
export const NAME_LIMITS = { domain: 255, username: 104, workstation: 255 } as const;

/**
 * Cuts a user name at its first backslash. `user@realm` stays whole, with an empty domain: the server takes it apart.
 *
 * @param domain - the domain where the user name has none.
 */
export function splitUsername(name: string, domain = ''): Account {
  const backslash = name.indexOf('\\');
  if (backslash >= 0) return { domain: name.slice(0, backslash), username: name.slice(backslash + 1) };
  return { domain: name.includes('@') ? '' : domain, username: name };
}

/** The first name that is longer than a server takes, or undefined. */
export function overLimit(account: Account): 'domain' | 'username' | undefined {
  return (['domain', 'username'] as const).find((field) => account[field].length > NAME_LIMITS[field]);
}
