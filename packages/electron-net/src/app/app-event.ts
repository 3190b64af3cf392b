/** First argument of events that belong to the program as a whole. */
export interface AppEvent {
  /** Keeps what the event announces from happening, where that is possible. */
  preventDefault(): void;
  readonly defaultPrevented: boolean;
}

/** Makes one. */
export function appEvent(): AppEvent {
  let defaultPrevented = false;
  return {
    preventDefault() {
      defaultPrevented = true;
    },
    get defaultPrevented() {
      return defaultPrevented;
    },
  };
}
