import type { IncomingMessage } from 'node:http';
import { chooseProtocol, credentialOfUpgrade, originAllowed } from './upgrade-request.js';

const upgrade = (headers: Record<string, string>, url = '/ws'): IncomingMessage =>
  ({ headers, url }) as unknown as IncomingMessage;

describe('an upgrade to a WebSocket', () => {
  it.each([
    [{ 'x-api-key': 'k1' }, '/ws', 'k1'],
    [{ authorization: 'Bearer t.o.k' }, '/ws', 't.o.k'],
    [{ authorization: 'bearer  t.o.k' }, '/ws', 't.o.k'],
    [{ 'sec-websocket-protocol': 'ureg.v1, ureg.key.k2' }, '/ws', 'k2'],
    [{}, '/ws?access_token=k3', 'k3'],
    [{ 'x-api-key': 'k1' }, '/ws?access_token=k3', 'k1'],
    [{ authorization: 'Basic abc' }, '/ws', undefined],
    [{}, '/ws?access_token=', undefined],
    [{}, '//', undefined],
  ])('with %j at %s carries %j', (headers, url, credential) => {
    expect(credentialOfUpgrade(upgrade(headers as Record<string, string>, url))).toBe(credential);
  });

  it('is answered with the version of the protocol, never with the key', () => {
    expect(chooseProtocol(new Set(['ureg.key.secret', 'ureg.v1']))).toBe('ureg.v1');
    expect(chooseProtocol(new Set(['ureg.key.secret']))).toBe(false);
  });

  it.each([
    [undefined, 'a.example', [], true],
    ['https://a.example', 'a.example', [], true],
    ['http://a.example:8080', 'a.example:8080', [], true],
    ['http://a.example:8080', 'A.example:8080', [], true],
    ['https://b.example', 'a.example', [], false],
    ['https://b.example', 'a.example', ['https://b.example'], true],
    ['https://b.example', 'a.example', ['*'], true],
    ['https://a.example.evil', 'a.example', [], false],
    ['null', 'a.example', [], false],
    ['https://a.example', undefined, [], false],
  ])('from origin %j at host %j with CORS_ORIGINS %j: allowed is %j', (origin, host, allowed, expected) => {
    expect(originAllowed(origin, host, allowed)).toBe(expected);
  });
});
