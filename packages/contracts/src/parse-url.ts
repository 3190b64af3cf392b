/**
 * The URL that a text is (WHATWG URL), or undefined where it is none.
 *
 * Stands where `URL.canParse` would: on Node 20 and 22 that function, once it is compiled as hot, is wrong about every
 * text with a character between U+0080 and U+00FF, such as `http://bücher.test`.
 *
 * @param text - an absolute URL, or one relative to `base`.
 * @param base - what a relative URL is relative to.
 *
 * @example
 * ```ts
 * import { parseUrl } from '@netloom/contracts';
 *
 * console.log(parseUrl('/path', 'http://bücher.test')?.href); // → http://xn--bcher-kva.test/path
 * console.log(parseUrl('no URL')); // → undefined
 * ```
 */
export function parseUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    // The only error there is says that the text is no URL.
    return undefined;
  }
}
