// A real OpenID provider in a process of its own: the package is ESM only, which the tests' transform does not take.
// Told by messages which keys to sign with; says its issuer once it listens on 127.0.0.1.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const RESOURCES = { 'urn:registry': 60, 'urn:elsewhere': 60 };
let handler = (_request, response) => response.writeHead(503).end();
let requests = 0;

function providerOf(issuer, keys) {
  const provider = new Provider(issuer, {
    jwks: { keys },
    cookies: { keys: ['of a test'] },
    clients: ['pipeline', 'stranger'].map((id) => ({
      client_id: id,
      client_secret: `secret of ${id}`,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: keys[0].alg,
    })),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'devs cooks',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: RESOURCES[resource],
          jwt: { sign: { alg: keys[0].alg } },
        }),
      },
    },
    // What a client says of itself becomes its roles: `devs admins`.
    extraTokenClaims: (context) => ({ realm_access: { roles: String(context.get('x-roles')).split(' ') } }),
  });
  return provider.callback();
}

const server = createServer((request, response) => {
  if (request.url.includes('jwks') || request.url.includes('.well-known')) requests++;
  handler(request, response);
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  process.on('message', ({ keys }) => {
    if (keys) handler = providerOf(issuer, keys);
    process.send({ issuer, requests });
  });
  process.send({ issuer, requests });
});
process.on('disconnect', () => process.exit());
