interface Answer {
  headers?: Record<string, object>;
}

const integer = (description: string, example: number): object => ({
  description,
  schema: { type: 'integer', minimum: 0 },
  example,
});

/** The headers by which answers tell what is left of a quota, for `components.headers`. Keys without limit get none. */
export const LIMIT_HEADERS: Readonly<Record<string, object>> = {
  'RateLimit-Policy': {
    description: 'The windows of the key: `q` units in any stretch of `w` seconds.',
    schema: { type: 'string' },
    example: '"hour";q=1000;w=3600',
  },
  RateLimit: {
    description: 'What is left by window: `r` units, more in `t` seconds. Most requests cost 1, others say `x-cost`.',
    schema: { type: 'string' },
    example: '"hour";r=873;t=1422',
  },
  'X-RateLimit-Limit': integer('`q` of the window that has least left.', 1000),
  'X-RateLimit-Remaining': integer('`r` of that window.', 873),
  'X-RateLimit-Reset': integer('`t` of that window, in seconds.', 1422),
  'Retry-After': integer('Seconds until it is worth trying again.', 12),
};

const reference = (name: string): object => ({ $ref: `#/components/headers/${name}` });
const COUNTED = Object.fromEntries(
  Object.keys(LIMIT_HEADERS)
    .filter((name) => name !== 'Retry-After')
    .map((name) => [name, reference(name)]),
);

/** Every counted answer says what is left; being refused or told to wait, also how long. */
export function documentLimits(responses: Record<string, Answer>): void {
  for (const [status, answer] of Object.entries(responses)) {
    if (status.startsWith('2')) answer.headers = { ...answer.headers, ...COUNTED };
    if (status === '429') answer.headers = { ...answer.headers, ...COUNTED, 'Retry-After': reference('Retry-After') };
    if (status === '503') answer.headers = { ...answer.headers, 'Retry-After': reference('Retry-After') };
  }
}
