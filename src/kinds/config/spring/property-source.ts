/** One property source of Spring Cloud Config. */
export interface PropertySource {
  name: string;
  source: Record<string, unknown>;
}

/** A value of JSON as Spring's flat properties: `a.b`, `a.list[0]`. */
export function flattened(name: string, value: unknown, into: Record<string, unknown>): void {
  if (typeof value !== 'object' || value === null) {
    into[name] = value;
    return;
  }
  const parts = Array.isArray(value)
    ? value.map((one, i) => [`${name}[${i}]`, one as unknown] as const)
    : Object.entries(value).map(([key, one]) => [`${name}.${key}`, one as unknown] as const);
  // What is empty is still there.
  if (parts.length === 0) into[name] = '';
  for (const [key, one] of parts) flattened(key, one, into);
}
