/** Whose dictionaries are meant. */
export interface DictionaryKey {
  /** Origin of the frame that makes requests. */
  frameOrigin: string;
  /** Site of the page that the frame is in. */
  topFrameSite: string;
}

/** A dictionary for compression that is kept. */
export interface SharedDictionaryInfo {
  dictionaryUrl: string;
  /** Seconds. */
  expirationDuration: number;
  /** SHA-256. */
  hash: string;
  id: string;
  lastFetchTime: Date;
  lastUsedTime: Date;
  match: string;
  matchDestinations: string[];
  responseTime: Date;
  /** Bytes. */
  size: number;
}

/** How much is kept for a site. */
export interface SharedDictionaryUsageInfo extends DictionaryKey {
  totalSizeBytes: number;
}

/** @throws TypeError when a part of the key is missing. */
export function checkDictionaryKey(options: DictionaryKey): void {
  for (const name of ['frameOrigin', 'topFrameSite'] as const) {
    if (typeof options?.[name] !== 'string') throw new TypeError(`\`${name}\` should be a string`);
  }
}
