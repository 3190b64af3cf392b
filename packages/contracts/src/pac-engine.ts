/** What a PAC script can ask the network. */
export type PacQueryKind = 'dnsResolve' | 'dnsResolveEx' | 'myIpAddress' | 'myIpAddressEx';

/** One question of a PAC script, and its answer. */
export interface PacLookup {
  readonly kind: PacQueryKind;
  /** The name as the script gave it; empty for questions about the machine's own addresses. */
  readonly host: string;
  /** The answer as the script sees it; null where `dnsResolve` found nothing. */
  readonly value: string | null;
  /** How long the answer may be used again, in ms from when it was given; 0 for a failure that may pass. */
  readonly ttl: number;
}

/** Answers a PAC script's questions, outside its sandbox. */
export interface PacNetwork {
  /**
   * Never rejects: a failure is an answer (null, or the empty text for the `Ex` kinds) with a
   * short `ttl`, or one of 0.
   */
  query(kind: PacQueryKind, host: string): Promise<Pick<PacLookup, 'value' | 'ttl'>>;
}

/** What a PAC script may use up. Beyond a limit it is stopped and the request fails with `ERR_PAC_SCRIPT_FAILED`. */
export interface PacLimits {
  /** Running time of the script's top level, in ms, waiting for the network not counted. Default 5000. */
  readonly loadTime?: number | undefined;
  /** Running time of each call of `FindProxyForURL`, in ms, waiting for the network not counted. Default 1000. */
  readonly runTime?: number | undefined;
  /** Memory of the script's own heap, in bytes. Default 64 MiB. */
  readonly memory?: number | undefined;
  /** Distinct questions to the network per run. Beyond it they find nothing, and the script runs on. Default 20. */
  readonly lookups?: number | undefined;
}

/** How a {@link PacEngine} loads a script. */
export interface PacLoadOptions {
  /** Where the script came from, for messages. */
  readonly name: string;
  readonly network: PacNetwork;
  /** Takes what the script's `alert` says, of completed runs only. */
  readonly alert: (message: string) => void;
  /** Whether `FindProxyForURLEx` is called where the script has one. Browsers other than Microsoft's do not. */
  readonly preferEx?: boolean | undefined;
  readonly limits?: PacLimits | undefined;
  /** Gives the loading up. */
  readonly signal?: AbortSignal | undefined;
}

/** What a PAC script returned, and what that depended on. */
export interface PacAnswer {
  /** The script's result as it is, such as `PROXY host:8080; DIRECT`. */
  readonly result: string;
  /** The script's questions in the order in which it first asked them. */
  readonly lookups: readonly PacLookup[];
}

/** A loaded PAC script. */
export interface PacProgram {
  /**
   * Whether the result follows from the URL and the answers in {@link PacAnswer.lookups} alone, so that it may be
   * remembered: the script provably keeps no state and reads neither clock nor random numbers. It may turn from false to
   * true once, when the proof is done.
   */
  readonly stateless: boolean;
  /**
   * Runs the script.
   *
   * @param url - the text that the script is to see.
   * @param host - its host, IPv6 without brackets.
   * @throws NetError `ERR_PAC_SCRIPT_FAILED` when the script throws, returns no ASCII string or goes beyond a limit.
   */
  find(url: string, host: string, signal?: AbortSignal): Promise<PacAnswer>;
  /** Forgets answers of the network that it keeps, because the network changed. */
  forget(): void;
  /** Frees the script; calls that still run reject. */
  close(): void;
}

/**
 * Runs PAC scripts, which are hostile input: an engine keeps them from the program's own objects, from its event loop
 * and from its memory.
 */
export interface PacEngine {
  /** For people: `quickjs`, for example. */
  readonly name: string;
  /**
   * Runs the script's top level.
   *
   * @throws NetError `ERR_PAC_SCRIPT_FAILED` when it does not run or defines no `FindProxyForURL`.
   */
  load(script: string, options: PacLoadOptions): Promise<PacProgram>;
}
