/**
 * An `Accept-Language` field of a list of languages, each less wanted than the one before: `en-US,fr,de` →
 * `en-US,fr;q=0.9,de;q=0.8`. A list that has weights is left as it is.
 */
export function acceptLanguage(languages: string): string {
  if (languages.includes(';')) return languages;
  return languages
    .split(',')
    .map((language) => language.trim())
    .filter((language) => language !== '')
    .map((language, i) => (i === 0 ? language : `${language};q=${Math.max(0.1, 1 - i / 10).toFixed(1)}`))
    .join(',');
}
