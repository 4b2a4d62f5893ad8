import { answerOf, requestOf } from './grpc-health.js';

describe('the messages of the gRPC health protocol', () => {
  it('ask for the whole server by an empty message, and for a service by its name', () => {
    expect(requestOf('')).toEqual(Buffer.from([0, 0, 0, 0, 0]));
    expect(requestOf('a.B')).toEqual(Buffer.from([0, 0, 0, 0, 5, 0x0a, 3, 0x61, 0x2e, 0x42]));
    const long = requestOf('x'.repeat(300));
    expect(long.subarray(0, 8)).toEqual(Buffer.from([0, 0, 0, 1, 0x2f, 0x0a, 0xac, 0x02]));
  });

  it('answer with a status, unknown where it is left out, and with fields that are not known yet', () => {
    expect(answerOf(Buffer.from([0, 0, 0, 0, 2, 0x08, 1]))).toBe('SERVING');
    expect(answerOf(Buffer.from([0, 0, 0, 0, 2, 0x08, 2]))).toBe('NOT_SERVING');
    expect(answerOf(Buffer.from([0, 0, 0, 0, 0]))).toBe('UNKNOWN');
    expect(answerOf(Buffer.from([0, 0, 0, 0, 6, 0x12, 2, 0x61, 0x62, 0x08, 1]))).toBe('SERVING');
  });

  it.each([[[]], [[0, 0, 0, 0, 9, 8]], [[1, 0, 0, 0, 2, 8, 1]], [[0, 0, 0, 0, 1, 8]], [[0, 0, 0, 0, 3, 0x12, 200, 1]]])(
    'are refused when they cannot be read: %j',
    (bytes) => {
      expect(() => answerOf(Buffer.from(bytes))).toThrow('cannot be read');
    },
  );
});
