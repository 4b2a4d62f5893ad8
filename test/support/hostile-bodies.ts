/** Bodies that are broken as a whole. `base` is a body in order, as JSON. */
export interface HostileBody {
  what: string;
  bytes(base: string): Buffer;
  /** A body in order by accident of the route: an optional one may be empty. */
  maybeFine?: boolean;
  /** Puts a field more into the innermost object, which may be a free one. */
  adds?: boolean;
}

const text = (what: string, make: (base: string) => string, maybeFine = false): HostileBody => ({
  what,
  bytes: (base) => Buffer.from(make(base)),
  maybeFine,
});
const added = (what: string, member: string): HostileBody => ({
  ...text(what, (base) => withMember(base, member)),
  adds: true,
});

/** Puts members at the beginning of the innermost object that the base holds. */
const withMember = (base: string, member: string): string => {
  const at = base.lastIndexOf('{', base.indexOf('"name"') < 0 ? undefined : base.indexOf('"name"')) + 1;
  return `${base.slice(0, at)}${member}${base[at] === '}' ? '' : ','}${base.slice(at)}`;
};

export const HOSTILE_BODIES: readonly HostileBody[] = [
  text('nothing', () => '', true),
  text('blanks', () => ' \r\n\t '),
  text('a NUL byte', () => '\0'),
  text('a NUL byte behind', (base) => `${base}\0`),
  text('null', () => 'null', true),
  text('true', () => 'true'),
  text('a number', () => '1'),
  text('a text', () => '"a"'),
  text('a list of null', () => '[null]'),
  text('a list of lists', () => '[[]]'),
  text('not a number', () => 'NaN'),
  text('single quotes', () => "{'name':'a'}"),
  text('a comma too many', (base) => `${base.slice(0, -1)},${base.slice(-1)}`),
  text('half of it', (base) => base.slice(0, Math.max(1, Math.floor(base.length / 2)))),
  text('all but the end', (base) => base.slice(0, -1)),
  text('twice the same', (base) => base + base),
  text('more behind', (base) => `${base} x`),
  text('a comment', (base) => `/* hello */${base}`),
  added('an unknown field', '"nonsense":1'),
  added('an unknown field of 300 letters', `"${'n'.repeat(300)}":1`),
  added('a field of no letters', '"":1'),
  text('a prototype', (base) => withMember(base, '"__proto__":{"polluted":true}')),
  text('a constructor', (base) => withMember(base, '"constructor":{"prototype":{"polluted":true}}')),
  text('100000 brackets', () => '['.repeat(100_000)),
  text('100000 brackets, closed', () => `${'['.repeat(50_000)}${']'.repeat(50_000)}`),
  text('50000 objects in each other', () => '{"a":'.repeat(50_000)),
  text('20000 fields', () =>
    JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`f${n}`, n]))),
  ),
  text('a bare quote', () => '"'),
  text('backslashes', () => `"${'\\'.repeat(9999)}`),
  text('a form', () => 'name=a&type=service'),
  text('XML', () => '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
  text('SQL', () => "'; DROP TABLE entry; --"),
  { what: 'a byte that is no UTF-8', bytes: (base) => Buffer.concat([Buffer.from(base), Buffer.of(0xff, 0xfe)]) },
  {
    what: 'an overlong slash',
    bytes: () => Buffer.concat([Buffer.from('{"name":"'), Buffer.of(0xc0, 0xaf), Buffer.from('"}')]),
  },
  { what: 'UTF-16', bytes: (base) => Buffer.from(`\uFEFF${base}`, 'utf16le') },
  { what: 'random bytes', bytes: () => Buffer.from(Array.from({ length: 512 }, (_, n) => (n * 167 + 13) & 255)) },
];

/** Content types beside which a JSON body is not read. */
export const WRONG_TYPES: readonly string[] = [
  'text/plain',
  'text/html; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/octet-stream',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/jsonx',
  'json',
  '/',
  ';;;',
  'application/json, text/plain',
];

export interface HostileHeaders {
  what: string;
  headers: [string, string][];
  /** Takes the place of the caller's credential. */
  credential?: true;
  /** May be refused before anybody is asked for a credential. */
  early?: true;
}

const one = (name: string, ...values: string[]): HostileHeaders[] =>
  values.map((value) => ({ what: `${name}: ${value.slice(0, 40)}`, headers: [[name, value]] }));
const credential = (what: string, ...headers: [string, string][]): HostileHeaders => ({
  what,
  headers,
  credential: true,
});

const token = (header: object, payload: string): string =>
  [JSON.stringify(header), payload, 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');

/** Headers that any request may carry. */
export const HOSTILE_HEADERS: readonly HostileHeaders[] = [
  ...one('X-Request-Id', 'a'.repeat(8000), 'a b', '<script>', "'; DROP TABLE entry; --", '\u00ff\u00fe', '', '../../x'),
  ...one('traceparent', 'x', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`, `zz-${'g'.repeat(400)}`, '00-'.repeat(500)),
  ...one('If-Match', 'a', '"', '"99999999999999999999"', '"-1"', '"1", "2"', '*', 'W/"x"', '\u00ff', '"1\'; --"'),
  ...one('If-None-Match', 'a', '*', `${'"1",'.repeat(2000)}"1"`, 'W/', '\u00ff'),
  ...one(
    'Idempotency-Key',
    '',
    ' ',
    'a b',
    '\u00e4',
    'a'.repeat(256),
    'a'.repeat(8000),
    "'; DROP TABLE idempotency_key; --",
  ),
  ...one('Accept', 'text/html', '*/*;q=0', 'application/x-ndjson', ',,,;;', 'a'.repeat(4000), 'application/json;q=x'),
  ...one('Accept-Encoding', 'gzip', 'br', 'deflate', 'identity;q=0', '*;q=0', 'gzip;q=1e999,'.repeat(50), 'x'),
  ...one('Accept-Language', 'x'.repeat(4000), 'de;q=NaN'),
  ...one('Range', 'bytes=0-', 'bytes=-1,5-1,0-0', 'rows=1-2'),
  ...one('Origin', 'null', 'https://evil.example', 'x'.repeat(3000)),
  ...one('X-Forwarded-For', '127.0.0.1', "'; --", '::ffff:999.0.0.1', '1,'.repeat(2000)),
  ...one('X-Forwarded-Host', 'evil.example', '[', 'a/b'),
  ...one('X-Forwarded-Proto', 'javascript'),
  ...one('X-HTTP-Method-Override', 'DELETE'),
  ...one('Cookie', `a=${'b'.repeat(4000)}`, '=;=;=', '__proto__=1'),
  { what: 'an empty Host', headers: [['Host', '']], early: true },
  ...one('Host', '[', 'evil.example:99999', 'a'.repeat(3000), '\u00ff'),
  ...one('Expect', 'tea', '200-ok'),
  ...one('Upgrade', 'h2c', 'websocket', 'TLS/1.0'),
  ...one('Content-Encoding', 'x', 'gzip, gzip', 'constructor'),
  ...one('Last-Event-ID', '-1', 'x', '99999999999999999999', '1;2'),
  {
    what: 'X-Request-Id twice',
    headers: [
      ['X-Request-Id', 'a'],
      ['X-Request-Id', 'b'],
    ],
  },
  {
    what: 'If-Match twice',
    headers: [
      ['If-Match', '"1"'],
      ['If-Match', '"2"'],
    ],
  },
  { what: 'a hundred headers', headers: Array.from({ length: 100 }, (_, n) => [`X-A${n}`, 'b'] as [string, string]) },
  credential('no key', ['X-API-Key', '']),
  credential('a long key', ['X-API-Key', 'a'.repeat(12_500)]),
  credential('a key with SQL', ['X-API-Key', "' OR 1=1 --"]),
  credential('a key in bytes', ['X-API-Key', '\u00ff\u00fe']),
  credential('the key of nobody', ['X-API-Key', `admin_${'0'.repeat(49)}`]),
  credential('a key twice', ['X-API-Key', 'a'], ['X-API-Key', 'b']),
  credential('two credentials', ['X-API-Key', 'a'], ['Authorization', 'Bearer b']),
  credential('Basic', ['Authorization', 'Basic YTpi']),
  credential('Bearer without', ['Authorization', 'Bearer']),
  credential('Bearer and spaces', ['Authorization', `Bearer ${' '.repeat(5000)}`]),
  credential('a token of dots', ['Authorization', 'Bearer ...']),
  credential('a token of garbage', ['Authorization', 'Bearer a.b.c']),
  credential('a token without a signature', ['Authorization', `Bearer ${token({ alg: 'none' }, '{"sub":"x"}')}`]),
  credential('a token of an unknown key', ['Authorization', `Bearer ${token({ alg: 'RS256', kid: "'; --" }, '{}')}`]),
  credential('a token by a shared secret', ['Authorization', `Bearer ${token({ alg: 'HS256', kid: 'a' }, '{}')}`]),
  credential('a token whose payload is no JSON', [
    'Authorization',
    `Bearer ${token({ typ: 'JWT', alg: 'RS256', kid: 'x' }, 'not json')}`,
  ]),
  credential('a token whose header is a list', ['Authorization', `Bearer ${token([1], '{}')}`]),
];
