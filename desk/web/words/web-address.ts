/** An address that a link may lead to; null for anything that is not the web. */
export function webAddress(url: string | undefined): URL | null {
  if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  return new URL(url);
}
