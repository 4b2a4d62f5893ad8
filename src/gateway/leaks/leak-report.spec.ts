import { createHash } from 'node:crypto';
import { readEnv } from '../../platform/env/load-env.js';
import type { RegistryError } from '../../platform/errors/registry-error.js';
import { makeKey } from '../keys/key-format.js';
import { KeyHasher } from '../keys/key-hasher.js';
import { leakReportsOf } from './leak-report.js';

const hasher = new KeyHasher(readEnv({ API_KEY_PEPPER: 'a pepper for the test' }));
const key = makeKey('api_key');

function refusal(body: string | Buffer): RegistryError {
  try {
    leakReportsOf(Buffer.from(body), hasher, { signed: false });
  } catch (error) {
    return error as RegistryError;
  }
  throw new Error('was taken');
}

describe('a report of leaked keys', () => {
  it('becomes hashes, and holds nothing of what was found', () => {
    const reports = leakReportsOf(
      Buffer.from(JSON.stringify([{ token: key, type: 'a_key', url: '', source: 'content', more: 1 }])),
      hasher,
      { signed: true },
    );
    expect(reports).toEqual([
      {
        tokenHash: createHash('sha256').update(key).digest('base64'),
        tokenType: 'a_key',
        hashes: hasher.candidates(key),
        place: { url: null, source: 'content' },
      },
    ]);
    expect(JSON.stringify(reports)).not.toContain(key.slice(5, 30));
  });

  it('of what cannot be a key asks for nothing', () => {
    const mistyped = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const findings = ['x', mistyped, `${key} `, 'x'.repeat(10_000)].map((token) => ({ token, type: 't' }));
    const reports = leakReportsOf(Buffer.from(JSON.stringify(findings)), hasher, { signed: false });
    for (const { hashes } of reports) expect(hashes).toEqual([]);
    expect(leakReportsOf(Buffer.from('[]'), hasher, { signed: false })).toEqual([]);
  });

  it.each([
    ['', 'body'],
    ['{"token":"KEY","type":"t"}', 'body'],
    ['[{"token":"KEY","type":"t"', 'body'],
    ['[{"token":"KEY"}]', '0.type'],
    ['[{"token":["KEY"],"type":"t"}]', '0.token'],
    ['[{"type":"t"},{"token":"KEY","type":""}]', '0.token'],
    [`[{"token":"KEY","type":"${'t'.repeat(201)}"}]`, '0.type'],
    ['["KEY"]', '0.token'],
    ['[null]', '0.token'],
    ['[{"token":"\\ud83d","type":"t"}]', '0.token'],
    ['[{"token":"x","type":"\\u0000"}]', '0.type'],
    ['[{"token":"x","type":"t","more":1}]', '0.more'],
    ['[{"token":"x","type":"t","":1}]', '0.""'],
    ['[{"token":"x","type":"t","constructor":{}}]', '0.constructor'],
    ['[{"token":"x","type":"t","KEY":1}]', '0'],
    ['[{"token":"KEY","type":"t","url":{}}]', '0.url'],
    ['[{"token":"KEY","type":"t","source":["KEY"]}]', '0.source'],
  ])('%j is refused by its field, without a word of what was found', (text, field) => {
    const error = refusal(text.replace('KEY', key));
    expect(error).toMatchObject({ status: 400, errors: expect.arrayContaining([expect.objectContaining({ field })]) });
    expect(JSON.stringify([error.message, error.errors, error.extra])).not.toContain(key.slice(0, 10));
  });

  it('is bounded, and is UTF-8', () => {
    const many = JSON.stringify(Array.from({ length: 1_001 }, () => ({ token: key, type: 't' })));
    expect(refusal(many)).toMatchObject({ status: 413, extra: { limit: 1_000 } });
    expect(refusal(Buffer.from([0x5b, 0xff, 0x5d]))).toMatchObject({ status: 400 });
    expect(refusal('['.repeat(100_000))).toMatchObject({ status: 400 });
  });
});
