// What is explained of a request is what happens to it.
import http from 'node:http';

const HOST = 'explained.test';
const one = (list) => list[Math.floor(Math.random() * list.length)];

function routesTo(ports) {
  const names = ['a', 'b', 'c', 'd'];
  const weights = [60, 25, 15, 0];
  const destinations = ports.map((port, n) => ({ name: names[n], host: '127.0.0.1', port, weight: weights[n] }));
  const on = (path, more = {}, match = {}) => ({ match: { hosts: [HOST], path, ...match }, destinations, ...more });
  const split = (type, rule, more = {}) => ({
    traffic_split: { type, rules: [{ destination: 'd', ...rule }], ...more },
  });
  const same = ports.map((port) => ({ name: 'all', host: '127.0.0.1', port }));
  return [
    on('/weights'),
    on('/percent', split('percentage', { percentage: 12.5 }, { sticky: { cookie: 'branch', ttl_seconds: 60 } })),
    on('/header', split('header', { name: 'x-canary', value: '1' })),
    on('/cookie', split('cookie', { name: 'ab', match: 'prefix', value: 'b' })),
    on('/same', { destinations: same, load_balancer: 'random' }),
    on('/post', { rewrite: { path: '/made' } }, { methods: ['POST'] }),
    on('/headed', {}, { headers: [{ name: 'x-tenant', match: 'regex', value: '[a-m].*' }] }),
    on('/open', { circuit_breaker: { open_seconds: 600 } }),
    on('/limited', { rate_limit: { requests: 1, per_seconds: 3600, burst: 50 } }),
    on('/nobody', { destinations: [{ service: 'svc_nobody' }] }),
    on('/exact', {}, { path_type: 'exact' }),
    on('/', { destinations: [destinations[1]], load_balancer: 'least_conn' }),
  ];
}

const PATHS = [
  '/weights', '/percent/x', '/percent', '/header', '/cookie/y', '/same', '/post/1', '/headed', '/open', '/limited', '/nobody',
  '/exact', '/exact/2', '/other', '/',
]; // prettier-ignore
const COOKIES = ['ab=beta', 'ab=a', 'branch=a', 'branch=d', 'branch=x'];

/** A request by chance. */
const sample = (n) => ({
  host: Math.random() < 0.95 ? HOST : 'elsewhere.test',
  path: one(PATHS),
  method: one(['GET', 'GET', 'POST', 'DELETE']),
  headers: {
    ...(Math.random() < 0.3 && { 'x-canary': one(['1', '0']) }),
    ...(Math.random() < 0.3 && { cookie: one(COOKIES) }),
    ...(Math.random() < 0.5 && { 'x-tenant': one(['acme', 'zeta']) }),
  },
  request_id: `explained-${process.pid}-${n}`,
});

function fits(told, { status, body, headers }) {
  const said = body === '' ? {} : JSON.parse(body);
  if (told.outcome !== 'sent') return status === told.status && said.code === `mesh_proxy.${told.outcome}`;
  const cookie = headers['set-cookie']?.[0].split(';')[0] ?? null;
  const { target, split } = told;
  return status === 200 && said.port === target.port && said.path === target.path && cookie === split.sets_cookie;
}

export async function explained(stage, { requests }) {
  const [service] = stage.services;
  const ports = [];
  for (let n = 0; n < 4; n++) {
    const { port } = await stage.serve((request, response) =>
      response.end(JSON.stringify({ port, path: request.url })),
    );
    ports.push(port);
  }
  for (const [n, route] of routesTo(ports).entries())
    await stage.call(service, 'POST', '/routes', { name: `explained-${n}`, ...route });
  await stage.call(service, 'POST', '/routes/explained-7/circuit-breaker/trip', { open_seconds: 600 });
  const agent = new http.Agent({ keepAlive: true });
  const outcomes = {};
  const wrong = [];
  for (let n = 0; n < requests; n++) {
    const request = sample(n);
    const told = await stage.call(service, 'POST', '/explain', request);
    const { host, path, method, headers, request_id } = request;
    const all = { ...headers, host, 'x-request-id': request_id };
    const happened = await stage.ask(service, `-${path}`, { method, agent, headers: all });
    outcomes[told.outcome] = (outcomes[told.outcome] ?? 0) + 1;
    if (!fits(told, happened)) wrong.push({ request, told, happened });
  }
  agent.destroy();
  if (wrong.length > 0) console.log(JSON.stringify(wrong[0]));
  stage.must(wrong.length === 0, `${requests} requests met what was explained of them: ${JSON.stringify(outcomes)}`);
  stage.must(Object.keys(outcomes).length >= 4, 'which was of every sort');
}
