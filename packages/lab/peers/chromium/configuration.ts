/** How a browser is told its proxies: by rules with a bypass list, or by a PAC script. */
export type ProxySettings = { readonly rules: string; readonly bypass?: string | undefined } | { readonly pac: string };

/** A configuration and the URLs for which a decision is recorded. */
export type Configuration = ProxySettings & {
  /** Unique, and says what the configuration is about. */
  readonly id: string;
  readonly urls: readonly string[];
};

/** What Chromium did for one URL. */
export interface Decision {
  readonly url: string;
  /** The proxies that it resolved, in order, as PAC scripts spell them; absent where it gave up at once. */
  readonly list?: string | undefined;
  /** What it connected to first, as `scheme address:port` with `direct` as scheme for the origin itself. */
  readonly contacted?: string | undefined;
  /** Why it contacted nobody, as Chromium names it. */
  readonly error?: string | undefined;
}

/** The recorded answers: `recordings/decisions.json`. */
export interface Recording {
  /** Version of Chromium. */
  readonly chromium: string;
  /** The names of the network in which it was recorded. */
  readonly network: {
    /** Names with an address of their own. */
    readonly names: Readonly<Record<string, string>>;
    /** How names end that do not exist. */
    readonly missing: string;
    /** The address of every other name. */
    readonly origin: string;
  };
  /** Seed of the configurations whose id begins with `random-`. */
  readonly seed: number;
  readonly configurations: readonly (ProxySettings & {
    readonly id: string;
    readonly decisions: readonly Decision[];
  })[];
}
