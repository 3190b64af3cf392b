/** What is not quite as in Electron, by `Type.member`; events are `Type: event`. In the words of the page. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'ClientRequest: close': 'a response that nobody begins to read does not hold it up',
  'ClientRequest: error': 'has the reason as its `cause`: the proxy in use, the schemes that were offered and tried',
  'ClientRequest: response': 'where nobody listens, the response is thrown away',
  'ClientRequestConstructorOptions.bypassCustomProtocolHandlers': 'taken; there are no handlers to pass by',
  'ClientRequestConstructorOptions.referrerPolicy': 'a `referer` field that says too much is cut, and fails no request',
  'ClientRequestConstructorOptions.url': 'may be a URL object; user info answers a 401',
  'Net.fetch': 'asks for credentials by `login` of its session, else of `app`; responses have the right `url`',
  'Net.isOnline': 'true when the machine has an address that is not its own loopback’s',
  'Net.online': 'as `isOnline()`',
  'Session.clearData': 'cookies and responses; a Node process has no other data',
  'Session.clearStorageData': 'cookies; a Node process has no other storage',
  'Session.cookies': 'on disk as JSON that only its owner can read, not encrypted',
  'Session.flushStorageData': 'as `cookies.flushStore()`, without a promise',
  'Session.getCacheSize': 'of responses in memory; they end with the process',
  'Session.clearCache': 'responses are kept in memory',
};
