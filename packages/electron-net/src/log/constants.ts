import { NET_ERRORS } from '@netloom/contracts';

/** Kinds of events, by Chromium's names where it has the same (net/log/net_log_event_type_list.h). */
export const EVENTS = {
  REQUEST_ALIVE: 0,
  URL_REQUEST_REDIRECTED: 1,
  PROXY_RESOLUTION_SERVICE_RESOLVED_PROXY_LIST: 2,
  PROXY_LIST_FALLBACK: 3,
  SOCKET_ALIVE: 4,
  AUTH_HANDLE_CHALLENGE: 5,
  AUTH_GENERATE_TOKEN: 6,
  HTTP_TRANSACTION_RESTART_AFTER_ERROR: 7,
} as const;

/** What events belong to (net/log/net_log_source_type_list.h). */
export const SOURCES = { NONE: 0, URL_REQUEST: 1, SOCKET: 2, HTTP_AUTH_CONTROLLER: 3 } as const;

/** Where an event stands in what it belongs to. */
export const PHASES = { PHASE_NONE: 0, PHASE_BEGIN: 1, PHASE_END: 2 } as const;

/** What a reader of the log has to know of the numbers in it. */
export function constants(name: string, version: string): object {
  return {
    logFormatVersion: 1,
    logEventTypes: EVENTS,
    logSourceType: SOURCES,
    logEventPhase: PHASES,
    logCaptureMode: 'Default',
    netError: NET_ERRORS,
    addressFamily: { ADDRESS_FAMILY_UNSPECIFIED: 0, ADDRESS_FAMILY_IPV4: 1, ADDRESS_FAMILY_IPV6: 2 },
    certStatusFlag: {},
    loadFlag: {},
    loadState: {},
    // Times of events plus this are milliseconds since 1970.
    timeTickOffset: Math.round(performance.timeOrigin),
    clientInfo: {
      name,
      version,
      os_type: `${process.platform} ${process.arch}`,
      // Arguments may hold secrets.
      command_line: '',
    },
  };
}
