/** What attackers, broken clients and tired people send. JSON is kept as text, since some of it is no value of JavaScript's. */
export interface HostileValue {
  what: string;
  json: string;
  /** No body may hold it, whatever the field. */
  poison?: boolean;
  /** Tried in every field, whatever chance says: a type of JSON. */
  always?: boolean;
}

const SQL = [
  "'; DROP TABLE entry; --",
  "' OR 1=1 --",
  '1) UNION SELECT hash FROM api_key --',
  '$1',
  '$$ || pg_sleep(10) || $$',
  '\\',
  '%',
  '_%_%_',
  "\\'; SELECT 1",
];

const UNICODE: Record<string, string> = {
  'right to left': '\u202Eevil\u202C',
  'zero width': 'a\u200B\u200D\uFEFFb',
  combining: `z${'\u0301'.repeat(60)}`,
  emoji: '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'byte order mark': '\uFEFFname',
  'full width': 'ｄｒｏｐ',
  'one ligature that unfolds to eighteen letters': 'ﷺ',
  'a noncharacter': '\uFFFF',
  'private use': '\uE000\uE001',
  'line separators': 'a\u2028b\u2029c\u0085',
  control: 'a\u0001\u001B[31mb',
  'dotless i': 'ıİIi',
};

const TEXTS: Record<string, string> = {
  'path traversal': '../../../../etc/passwd',
  'windows path': '..\\..\\windows\\system32',
  template: '{{7*7}}${7*7}<%= 7*7 %>',
  script: '<script>alert(1)</script>',
  'a header': 'a\r\nSet-Cookie: b=c',
  'a log line': 'a\n{"level":"fatal"}',
  'a regular expression': '(.*a){25}(.*b){25}$',
  format: '%s%s%n%x',
  'a uuid': '00000000-0000-0000-0000-000000000000',
  'an old date': '-271821-04-20T00:00:00.000Z',
  'the year 0': '0000-01-01T00:00:00Z',
  'a date there is not': '2026-02-30T25:61:61Z',
  infinity: 'Infinity',
  'not a number': 'NaN',
  constructor: 'constructor',
  prototype: '__proto__',
  'tsquery signs': "a & | ! ( ) <-> :* 'b",
  quotes: '"\'`',
  blank: '   \t ',
};

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const text = (value: string): string => JSON.stringify(value);
const named = (values: Record<string, string>): HostileValue[] =>
  Object.entries(values).map(([what, value]) => ({ what, json: text(value) }));

/** Values of every type of JSON. */
export const JSON_VALUES: readonly HostileValue[] = [
  ...['null', 'true', '0', '-1', '""', '[]', '{}'].map((json) => ({ what: json, json, always: true })),
  ...['false', '-0', '1.5', '1e308', '1e-320', '9007199254740993', '-2147483649'].map((json) => ({ what: json, json })),
  { what: '1e999', json: '1e999', poison: true },
  { what: '-1e999', json: '-1e999', poison: true },
  { what: 'a thousand digits', json: '1'.repeat(1000), poison: true },
  { what: 'a list of null', json: '[null]' },
  { what: 'a list of lists', json: '[["a"],[]]' },
  { what: 'a list of everything', json: '[1,"a",null,true,{}]' },
  { what: 'a long list', json: JSON.stringify(Array(10_000).fill('a')) },
  { what: 'a list of long texts', json: JSON.stringify(Array(50).fill('a'.repeat(5000))) },
  { what: 'a long text', json: text('a'.repeat(300_000)) },
  { what: 'a long text of many bytes', json: text('中'.repeat(1000)) },
  { what: 'an object that looks like a list', json: '{"0":"a","length":1}' },
  { what: 'methods of objects as keys', json: '{"toString":1,"valueOf":2,"hasOwnProperty":3,"toJSON":4,"then":5}' },
  { what: 'a large object', json: JSON.stringify({ a: 'b'.repeat(70_000) }) },
  {
    what: 'an object of many keys',
    json: JSON.stringify(Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`k${n}`, n]))),
  },
  { what: 'huge numbers in an object', json: '{"a":1e308,"b":[-1e-308,5e-324]}' },
  { what: 'dots and brackets as keys', json: '{"a.b":{"c[0]":1,"":2,"$ref":"#/"}}' },
  { what: 'an operator', json: '{"$gt":"","$where":"1"}' },
  { what: 'a NUL', json: '"a\\u0000b"', poison: true },
  { what: 'a NUL as key', json: '{"a\\u0000":1}', poison: true },
  { what: 'a lone surrogate', json: '"\\ud83d"', poison: true },
  { what: 'a lone surrogate as key', json: '{"\\udc00":1}', poison: true },
  { what: 'a list with a lone surrogate', json: '["a","\\ud83dx"]', poison: true },
  { what: 'nesting of 40', json: nested(40), poison: true },
  { what: 'nesting of 10000', json: nested(10_000), poison: true },
  { what: 'objects 5000 deep', json: `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, poison: true },
  { what: 'a prototype', json: '{"__proto__":{"polluted":true}}', poison: true },
  { what: 'a prototype with an escape', json: '{"\\u005f_proto__":{"polluted":true}}', poison: true },
  { what: 'a constructor', json: '{"constructor":{"prototype":{"polluted":true}}}', poison: true },
  { what: 'a deep prototype', json: '{"a":[{"b":{"__proto__":{"polluted":true}}}]}', poison: true },
  ...SQL.map((value) => ({ what: `SQL ${value}`, json: text(value) })),
  ...SQL.slice(0, 2).map((value) => ({ what: `a list of SQL ${value}`, json: text([value] as never) })),
  { what: 'SQL as key', json: `{${text(SQL[0])}:1}` },
  ...named(UNICODE),
  ...named(TEXTS),
];

/** Texts of parameters, before they are percent-encoded. */
export const PARAMETER_TEXTS: readonly { what: string; text: string }[] = [
  ...['', '0', '-1', '1.5', '1e3', '0x10', ' 5', '١', '99999999999999999999', '-0', 'null', 'true', '[]', '{}'].map(
    (value) => ({ what: `"${value}"`, text: value }),
  ),
  { what: 'a long text', text: 'a'.repeat(3000) },
  { what: 'a long list', text: 'a,'.repeat(1000) },
  { what: 'commas', text: ',,,' },
  { what: 'many words', text: 'a b c d '.repeat(60) },
  { what: 'one word of many bytes', text: '中'.repeat(800) },
  { what: 'a key with a version', text: 'svc_a@' },
  { what: 'a key of at signs', text: '@@@@' },
  ...SQL.map((value) => ({ what: `SQL ${value}`, text: value })),
  ...Object.entries({ ...UNICODE, ...TEXTS }).map(([what, value]) => ({ what, text: value })),
  ...cursors(),
];

/** Parameters as they stand in an address, broken in ways that percent-encoding would mend. */
export const RAW_PARAMETERS: readonly { what: string; raw: string }[] = [
  { what: 'a NUL', raw: 'a%00b' },
  { what: 'a byte that is no UTF-8', raw: '%ff' },
  { what: 'an overlong slash', raw: '%c0%af' },
  { what: 'half a character', raw: '%e2%82' },
  { what: 'a surrogate in UTF-8', raw: '%ed%a0%80' },
  { what: 'a percent sign', raw: '%' },
  { what: 'no digits', raw: '%zz' },
  { what: 'half an escape', raw: 'a%2' },
  { what: 'an escape of an escape', raw: '%2500' },
];

/** Cursors that read like ours, with contents that are not. */
function cursors(): { what: string; text: string }[] {
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [
    ['a cursor of another list', ['name', ['a'], '1', 'AAAAAAAAAAA']],
    ['a cursor with SQL', ['-created_at', ["'; DROP TABLE entry; --"], '1 OR 1=1', 'x']],
    ['a cursor of objects', ['-created_at', [{ a: 1 }], {}, []]],
    ['a cursor of nothing', []],
    ['a cursor that is an object', { sort: '-created_at' }],
    ['a cursor with a huge id', ['id', [], '9'.repeat(19), 'x']],
  ].map(([what, value]) => ({ what: String(what), text: encoded(value) }));
}
