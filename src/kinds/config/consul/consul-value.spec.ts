import { withReferences } from '../values/references.js';
import { bytesOfValue, valueOfBytes } from './consul-value.js';

const BYTES = [
  Buffer.from(''),
  Buffer.from('a text, ä and 日本'),
  Buffer.from('\uFEFFwith a mark'),
  Buffer.from('a\0b'),
  Buffer.of(0xff, 0xfe, 0x00),
  Buffer.from('${db.password} and $${x} and $$${y} and ${'),
  Buffer.from('data:application/octet-stream;base64,AAA='),
  Buffer.from('data:application/octet-stream;base64,no'),
  Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
];

describe('bytes of Consul', () => {
  it.each(BYTES.map((bytes) => [bytes.toString('latin1'), bytes] as const))('%j come back as they were', (_, bytes) => {
    const stored = valueOfBytes(bytes, undefined);
    const resolved = withReferences(stored, () => 'something else');
    expect(bytesOfValue(resolved)).toEqual(bytes);
  });

  it('are of the type that the key has', () => {
    expect(valueOfBytes(Buffer.from('20'), 'integer')).toBe(20);
    expect(valueOfBytes(Buffer.from('20'), undefined)).toBe('20');
    expect(bytesOfValue({ a: [1] }).toString()).toBe('{"a":[1]}');
    expect(() => valueOfBytes(Buffer.from('many'), 'integer')).toThrow('must be of type integer');
  });
});
