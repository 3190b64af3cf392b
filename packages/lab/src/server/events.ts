/** What happened on a server, in order. Every server keeps its last 10 000 events in `log`. */
export type LabEvent =
  | { readonly type: 'connection'; readonly connection: number }
  | { readonly type: 'close'; readonly connection: number; readonly bytesIn: number; readonly bytesOut: number }
  /** TLS with the client is up. */
  | {
      readonly type: 'secure';
      readonly connection: number;
      readonly alpn: string | undefined;
      readonly resumed: boolean;
    }
  | { readonly type: 'tls-error'; readonly connection: number; readonly code: string }
  /** A socket failed, for instance by a reset of the client. */
  | { readonly type: 'socket-error'; readonly connection: number; readonly code: string }
  | {
      readonly type: 'request';
      readonly connection: number;
      readonly method: string;
      /** The request target as sent: path, absolute URL, or `host:port` of CONNECT and SOCKS. */
      readonly target: string;
      readonly protocol: string;
      /** Names and values in turn, as received. */
      readonly headers: readonly string[];
    }
  /** A 401 or 407 was sent; `schemes` are those offered, or the one whose conversation goes on. */
  | {
      readonly type: 'challenge';
      readonly connection: number;
      readonly status: 401 | 407;
      readonly schemes: readonly string[];
    }
  | { readonly type: 'authenticated'; readonly connection: number; readonly scheme: string; readonly user: string }
  | { readonly type: 'rejected'; readonly connection: number; readonly scheme: string; readonly reason: string }
  | { readonly type: 'tunnel'; readonly connection: number; readonly target: string }
  /** The next hop could not be reached. */
  | { readonly type: 'unreachable'; readonly connection: number; readonly target: string; readonly code: string }
  | {
      readonly type: 'upload';
      readonly connection: number;
      readonly id: string;
      readonly bytes: number;
      readonly sha256: string;
    }
  | { readonly type: 'fault'; readonly connection: number; readonly kind: string }
  /** The lab itself failed: a defect. */
  | { readonly type: 'defect'; readonly connection: number; readonly message: string };

/** Events by their type, as listeners of `server.on(type, …)` get them. */
export type LabEventMap = { [T in LabEvent['type']]: [event: Extract<LabEvent, { type: T }>] };
