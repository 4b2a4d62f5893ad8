import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { quietLogger } from '../../../test/support/quiet-logger.js';
import { readEnv } from '../../platform/env/load-env.js';
import { OutboundHttp } from '../../platform/http-client/outbound-http.js';
import type { Jobs } from '../../platform/jobs/jobs.js';
import { IssuerKeys } from './issuer-keys.js';

type Respond = (response: ServerResponse, request: IncomingMessage) => unknown;

const json =
  (value: unknown): Respond =>
  (response) =>
    response.end(JSON.stringify(value));
const JWK = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }),
  kid: 'one',
};

describe('the keys of an issuer', () => {
  const servers: Server[] = [];

  /** A server that answers by path, on this machine. */
  async function served(answers: (url: string) => Record<string, Respond>): Promise<string> {
    let paths: Record<string, Respond> = {};
    const server = createServer((request, response) =>
      (paths[request.url!] ?? ((unknown) => unknown.writeHead(404).end()))(response, request),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    paths = answers(url);
    return url;
  }
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  const keysOf = (issuer: string): IssuerKeys => {
    const env = readEnv({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'a' });
    return new IssuerKeys(env, new OutboundHttp(), {} as Jobs, quietLogger());
  };
  const DISCOVERY = '/.well-known/openid-configuration';
  const usual = (url: string): Record<string, Respond> => ({
    [DISCOVERY]: json({ issuer: url, jwks_uri: `${url}/jwks` }),
    '/jwks': json({ keys: [JWK] }),
  });

  it('are found by its document, on an address inside that the operator named', async () => {
    const keys = keysOf(await served(usual));
    expect((await keys.find('one', 'RS256'))?.asymmetricKeyType).toBe('rsa');
    expect(await keys.find(undefined, 'PS256')).toBeDefined();
    expect(await keys.find('one', 'ES256')).toBeUndefined();
    expect(await keys.find('two', 'RS256')).toBeUndefined();
  });

  it('are below the path of the issuer', async () => {
    const root = await served((url) => ({
      [`/realms/main${DISCOVERY}`]: json({ issuer: `${url}/realms/main`, jwks_uri: `${url}/jwks` }),
      '/jwks': json({ keys: [JWK] }),
    }));
    expect(await keysOf(`${root}/realms/main`).find('one', 'RS256')).toBeDefined();
  });

  it.each<[string, (url: string) => Record<string, Respond>]>([
    ['names itself otherwise', (url) => ({ [DISCOVERY]: json({ issuer: `${url}/`, jwks_uri: `${url}/jwks` }) })],
    ['redirects', (url) => ({ [DISCOVERY]: (r) => r.writeHead(302, { Location: `${url}/other` }).end(), '/other': json({ issuer: url, jwks_uri: `${url}/jwks` }) })],
    ['answers no JSON', () => ({ [DISCOVERY]: (r) => r.end('<html>') })],
    ['answers without end', () => ({ [DISCOVERY]: (r) => r.end(`{"x":"${'x'.repeat(300_000)}"}`) })],
    ['holds no keys', () => ({ '/jwks': json({ keys: 'none' }) })],
    ['fails', () => ({ [DISCOVERY]: (r) => r.writeHead(500).end() })],
    ['fails for its keys', () => ({ '/jwks': (r) => r.writeHead(500).end() })],
  ])('cannot be had from an issuer that %s', async (_, odd) => {
    const keys = keysOf(await served((url) => ({ ...usual(url), ...odd(url) })));
    await expect(keys.find('one', 'RS256')).rejects.toMatchObject({ status: 503, code: 'auth.issuer_unavailable' });
  }); // prettier-ignore

  it('are not fetched from elsewhere inside, whatever its document says', async () => {
    let asked = 0;
    const inside = await served(() => ({ '/jwks': (response, request) => (asked++, json({ keys: [JWK] })(response, request)) }));
    const keys = keysOf(await served((url) => ({ [DISCOVERY]: json({ issuer: url, jwks_uri: `${inside}/jwks` }) })));
    await expect(keys.find('one', 'RS256')).rejects.toMatchObject({ status: 503 });
    expect(asked).toBe(0);
  }); // prettier-ignore
});
