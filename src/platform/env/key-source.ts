const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Where public keys may come from: https, or this machine. Those that came over plain http could be anybody's. */
export function isKeySource(value: unknown): value is string {
  if (typeof value !== 'string' || /[#\s]/.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.username || url.password) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}
