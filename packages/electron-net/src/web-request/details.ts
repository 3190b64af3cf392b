import type { ResourceType } from './filter.js';

/** What every listener of {@link WebRequest} is told of a request. */
export interface RequestDetails {
  /** The same for all requests that follow from one by redirects. */
  id: number;
  /** Where this request goes; that of a WebSocket begins with `ws`. */
  url: string;
  method: string;
  /** The origin on whose behalf the request is made, where it names one. */
  initiatorOrigin?: string;
  resourceType: ResourceType;
  /** The `Referer` field; may be empty. */
  referrer: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** What is known of a response. */
export interface ResponseDetails extends RequestDetails {
  statusCode: number;
  /** Such as `HTTP/1.1 200 OK`, whatever the version. */
  statusLine: string;
  /** By their names as they came. */
  responseHeaders?: Record<string, string[]>;
  fromCache: boolean;
}

/** A piece of a request's body. */
export interface UploadData {
  bytes: Buffer;
}

/** For {@link WebRequest.onBeforeRequest}. */
export interface OnBeforeRequestListenerDetails extends RequestDetails {
  /** The body, where it is known before it is sent; else empty. */
  uploadData: UploadData[];
}

/** For {@link WebRequest.onBeforeSendHeaders}. */
export interface OnBeforeSendHeadersListenerDetails extends RequestDetails {
  uploadData?: UploadData[];
  /** Repeated ones are joined by a comma. Those of the connection are not among them, nor are credentials of sign-in. */
  requestHeaders: Record<string, string>;
}

/** For {@link WebRequest.onSendHeaders}. */
export interface OnSendHeadersListenerDetails extends RequestDetails {
  requestHeaders: Record<string, string>;
}

/** For {@link WebRequest.onHeadersReceived}. */
export interface OnHeadersReceivedListenerDetails extends RequestDetails {
  statusCode: number;
  statusLine: string;
  responseHeaders?: Record<string, string[]>;
}

/** For {@link WebRequest.onBeforeRedirect}. */
export interface OnBeforeRedirectListenerDetails extends ResponseDetails {
  redirectURL: string;
}

/** For {@link WebRequest.onResponseStarted}. */
export type OnResponseStartedListenerDetails = ResponseDetails;

/** For {@link WebRequest.onCompleted}. */
export interface OnCompletedListenerDetails extends ResponseDetails {
  /** `net::OK`. */
  error: string;
}

/** For {@link WebRequest.onErrorOccurred}. */
export interface OnErrorOccurredListenerDetails extends RequestDetails {
  fromCache: boolean;
  /** Such as `net::ERR_BLOCKED_BY_CLIENT`. */
  error: string;
}

/** Answer of a listener for {@link WebRequest.onBeforeRequest}. */
export interface CallbackResponse {
  /** True fails the request with `net::ERR_BLOCKED_BY_CLIENT`. */
  cancel?: boolean;
  /** Sends the request elsewhere, by a redirect of status 307. May be of a scheme that the session handles. */
  redirectURL?: string;
}

/** Answer of a listener for {@link WebRequest.onBeforeSendHeaders}. */
export interface BeforeSendResponse {
  cancel?: boolean;
  /** All that is sent; what is not among them is not sent. A field that cannot be sent is left out. */
  requestHeaders?: Record<string, string | string[]>;
}

/** Answer of a listener for {@link WebRequest.onHeadersReceived}. */
export interface HeadersReceivedResponse {
  cancel?: boolean;
  /** What counts as having come from the server. A field that no message can hold is left out. */
  responseHeaders?: Record<string, string | string[]>;
  /** Beside `responseHeaders`: what counts as the status, such as `HTTP/1.1 404 Not Found`. */
  statusLine?: string;
}

/** What the listeners that only look on are told. */
export interface WebRequestEvents {
  onSendHeaders: OnSendHeadersListenerDetails;
  onBeforeRedirect: OnBeforeRedirectListenerDetails;
  onResponseStarted: OnResponseStartedListenerDetails;
  onCompleted: OnCompletedListenerDetails;
  onErrorOccurred: OnErrorOccurredListenerDetails;
}

/** What the listeners that decide are told, and what they answer. */
export interface WebRequestQuestions {
  onBeforeRequest: [OnBeforeRequestListenerDetails, CallbackResponse];
  onBeforeSendHeaders: [OnBeforeSendHeadersListenerDetails, BeforeSendResponse];
  onHeadersReceived: [OnHeadersReceivedListenerDetails, HeadersReceivedResponse];
}
