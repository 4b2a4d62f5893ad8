import { generateKeyPairSync } from 'node:crypto';
import { reportKeysOf } from './report-keys.js';

const pem = (curve: string): string =>
  generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

describe('the public keys of who signs reports', () => {
  it('are the ECDSA keys on P-256 of the list', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
    const document = {
      public_keys: [
        { key_identifier: 'good', key: pem('P-256'), is_current: false },
        { key_identifier: 'other-curve', key: pem('P-384') },
        { key_identifier: 'rsa', key: rsa },
        { key_identifier: 'no-key', key: 'x' },
        { key_identifier: 7, key: pem('P-256') },
        null,
      ],
    };
    expect(reportKeysOf(document).map(({ identifier }) => identifier)).toEqual(['good']);
  });

  it.each([null, {}, [], { public_keys: {} }, 'x'])('are not in %j', (document) => {
    expect(() => reportKeysOf(document)).toThrow('holds none');
  });
});
