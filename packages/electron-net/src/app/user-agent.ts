const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  win32: 'Windows NT 10.0; Win64; x64',
  darwin: 'Macintosh; Intel Mac OS X 10_15_7',
};

/**
 * What requests call themselves where their session does not say otherwise; see {@link App.userAgentFallback}. By default
 * without the system's version, as browsers do it.
 */
export const userAgentFallback = {
  value: `Mozilla/5.0 (${SYSTEMS[process.platform] ?? 'X11; Linux x86_64'}) netloom`,
};
