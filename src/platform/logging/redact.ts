const CENSOR = '[redacted]';

/** API keys, JWTs, credentials in URLs: secrets that may stand anywhere in a text. */
const SECRETS: readonly [RegExp, string][] = [
  [/\b(ureg|svc|admin|refresh)_[0-9A-Za-z]{49}\b/g, `$1_${CENSOR}`],
  [/\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*/g, CENSOR],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@"]*):[^\s/@"]+@/gi, `$1:${CENSOR}@`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${CENSOR}`],
];
const SECRET_FIELD =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|connection_?string|database_?url|dsn)$|password|passwd|secret|(api|private|master|admin|access)[-_]?key|(^|[-_])token$|accessToken|refreshToken/i;
const MOST_DEPTH = 8;

/** The text without the secrets in it. */
export function redactText(text: string): string {
  let out = text;
  for (const [pattern, replacement] of SECRETS) out = out.replace(pattern, replacement);
  return out;
}

/** A copy of what is logged in which the values of secret fields are blanked, at any depth. */
export function redactFields(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    out[name] = SECRET_FIELD.test(name) && value != null ? CENSOR : redactValue(value, depth + 1);
  }
  return out;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth > MOST_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return redactFields(value as Record<string, unknown>, depth);
}
