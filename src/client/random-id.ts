/** An id that nobody else makes. */
export function randomId(): string {
  // A browser has randomUUID only for pages that came over https, or from this machine.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
