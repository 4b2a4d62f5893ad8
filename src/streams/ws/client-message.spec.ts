import { readMessage } from './client-message.js';

const read = (text: string): ReturnType<typeof readMessage> => readMessage(Buffer.from(text), false);
const codeOf = (text: string): unknown => {
  try {
    return read(text);
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('messages of a client', () => {
  it('are read with their fields', () => {
    expect(read('{"type":"subscribe","types":["entity.*"],"entity_types":["plugin"],"since":12,"id":"a"}')).toEqual({
      kind: 'subscribe',
      body: { type: 'subscribe', types: ['entity.*'], entity_types: ['plugin'], since: 12, id: 'a' },
    });
    expect(read('{"type":"ping"}')).toMatchObject({ kind: 'ping' });
    expect(read('{"type":"unsubscribe","id":"a"}')).toMatchObject({ kind: 'unsubscribe', body: { id: 'a' } });
    expect(read('{"type":"auth","token":"t"}')).toMatchObject({ kind: 'auth', body: { token: 't' } });
  });

  it.each([
    ['', 'request.invalid_json'],
    ['{', 'request.invalid_json'],
    ['[]', 'request.invalid_json'],
    ['null', 'request.invalid_json'],
    ['"ping"', 'request.invalid_json'],
    ['{}', 'request.unknown_type'],
    ['{"type":"toString"}', 'request.unknown_type'],
    ['{"type":"__proto__"}', 'request.unknown_type'],
    ['{"type":{"a":1}}', 'request.unknown_type'],
    ['{"type":"ping","__proto__":{"x":1}}', 'request.invalid'],
    ['{"type":"ping","id":"a\\u0000"}', 'request.invalid'],
    ['{"type":"ping","extra":1}', 'request.invalid'],
    ['{"type":"auth"}', 'request.invalid'],
    ['{"type":"auth","token":["a"]}', 'request.invalid'],
    ['{"type":"subscribe","since":-1}', 'request.invalid'],
    ['{"type":"subscribe","since":1e300}', 'request.invalid'],
    ['{"type":"subscribe","since":"1e3"}', 'request.invalid'],
    ['{"type":"subscribe","types":"entity"}', 'request.invalid'],
    ['{"type":"subscribe","types":[1]}', 'request.invalid'],
    ['{"type":"subscribe","entity_types":{}}', 'request.invalid'],
    [`{"type":"ping","id":${'['.repeat(50)}${']'.repeat(50)}}`, 'request.invalid'],
  ])('such as %s are refused with %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('that are binary are refused', () => {
    expect(() => readMessage(Buffer.from('{"type":"ping"}'), true)).toThrow('not binary');
  });
});
