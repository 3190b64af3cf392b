const MAX_URLS = 100;
/** Longer ones are not worth their memory. */
const MAX_LENGTH = 1024;

/** Parses URLs, and keeps those of late: a program asks for few, and often. */
export class RecentUrls {
  #urls = new Map<string, URL>();

  /** The URL, shared by all that ask for it. */
  parse(text: string): URL {
    const known = this.#urls.get(text);
    if (known !== undefined) return known;
    const url = new URL(text);
    if (text.length <= MAX_LENGTH) {
      if (this.#urls.size >= MAX_URLS) this.#urls = new Map();
      this.#urls.set(text, url);
    }
    return url;
  }
}
