import { generateKeyPairSync } from 'node:crypto';
import { discoveryUrl, issuerKeysOf, jwksUriOf } from './issuer-document.js';

const ISSUER = 'https://login.example/main';
const rsa = (bits: number): object =>
  generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });
const ec = (curve: string): object =>
  generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' });

describe('the documents of an issuer', () => {
  it('are found below the issuer', () => {
    expect(discoveryUrl(ISSUER)).toBe(`${ISSUER}/.well-known/openid-configuration`);
    expect(discoveryUrl(`${ISSUER}/`)).toBe(`${ISSUER}/.well-known/openid-configuration`);
  });

  it('name its keys, and are its own', () => {
    const jwks_uri = 'https://keys.example/jwks';
    expect(jwksUriOf({ issuer: ISSUER, jwks_uri }, ISSUER)).toBe(jwks_uri);
    for (const document of [
      undefined,
      [],
      { jwks_uri },
      { issuer: `${ISSUER}/`, jwks_uri },
      { issuer: 'https://evil.example', jwks_uri },
      { issuer: [ISSUER], jwks_uri },
      { issuer: ISSUER },
      { issuer: ISSUER, jwks_uri: 'jwks' },
      { issuer: ISSUER, jwks_uri: 'http://login.example/jwks' },
    ])
      expect(() => jwksUriOf(document, ISSUER)).toThrow(/discovery document|jwks_uri/);
  });

  it('give the keys that verify signatures, each with what it may be used for', () => {
    const keys = issuerKeysOf({
      keys: [
        { ...rsa(2048), kid: 'r' },
        { ...rsa(2048), kid: 'r2', alg: 'RS256', use: 'sig' },
        { ...ec('P-256'), kid: 'e', key_ops: ['verify'] },
        { ...ec('P-521') },
      ],
    });
    expect(keys.map(({ kid, algorithms }) => [kid, algorithms])).toEqual([
      ['r', ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
      ['r2', ['RS256']],
      ['e', ['ES256']],
      [undefined, ['ES512']],
    ]);
  });

  it('give nothing else', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = [
      { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' },
      { ...rsa(1024), kid: 'short' },
      { ...rsa(2048), use: 'enc' },
      { ...rsa(2048), key_ops: ['encrypt'] },
      { ...rsa(2048), alg: 'HS256' },
      { ...rsa(2048), alg: 'none' },
      { ...ec('P-256'), alg: 'ES384' },
      { ...ec('secp256k1') },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
      { kty: 'EC', crv: '__proto__' },
      { kty: 'RSA', n: {}, e: [] },
      generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }),
      null,
      'x',
      [],
    ];
    expect(issuerKeysOf({ keys })).toEqual([]);
    const [given] = issuerKeysOf({ keys: [privateKey.export({ format: 'jwk' })] });
    expect(given.publicKey.type).toBe('public');
    for (const set of [undefined, [], {}, { keys: {} }]) expect(() => issuerKeysOf(set)).toThrow('no keys');
  });

  it('are not read without end', () => {
    expect(issuerKeysOf({ keys: Array.from({ length: 500 }, () => ec('P-256')) })).toHaveLength(100);
  });
});
