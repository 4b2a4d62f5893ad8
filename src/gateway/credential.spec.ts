import { InvalidError, UnauthenticatedError } from '../platform/errors/registry-error.js';
import { credentialOf } from './credential.js';

describe('the credential of a request', () => {
  it('comes from either header', () => {
    expect(credentialOf({ 'x-api-key': 'ureg_1' })).toBe('ureg_1');
    expect(credentialOf({ authorization: 'Bearer ureg_1' })).toBe('ureg_1');
    expect(credentialOf({ authorization: 'bearer   ureg_1' })).toBe('ureg_1');
  });

  it('may come in both when it is the same', () => {
    expect(credentialOf({ 'x-api-key': 'ureg_1', authorization: 'Bearer ureg_1' })).toBe('ureg_1');
    expect(() => credentialOf({ 'x-api-key': 'ureg_1', authorization: 'Bearer ureg_2' })).toThrow(InvalidError);
    expect(() => credentialOf({ 'x-api-key': 'ureg_1', authorization: 'Basic dTpw' })).toThrow(InvalidError);
  });

  it.each([
    {},
    { 'x-api-key': '' },
    { authorization: 'Basic dTpw' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer a b' },
  ])('%j has none', (headers) => expect(() => credentialOf(headers)).toThrow(UnauthenticatedError));

  it('is not looked at when it is endless', () => {
    expect(() => credentialOf({ 'x-api-key': 'x'.repeat(12_001) })).toThrow(UnauthenticatedError);
  });
});
