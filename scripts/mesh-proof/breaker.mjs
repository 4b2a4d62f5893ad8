// One circuit breaker for several processes.
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { there, until } from './stage.mjs';

const PROBES = 3;
const SETTINGS = {
  failure_threshold: 20,
  success_threshold: 2,
  half_open_requests: PROBES,
  open_seconds: 4,
  window_seconds: 30,
};
const CLIENTS = 10;

/** A destination that fails for as long as it is told to. */
async function brokenDestination(stage) {
  const state = { broken: true, arrived: 0 };
  const { port } = await stage.serve((request, response) => {
    state.arrived++;
    request.resume();
    if (state.broken) response.writeHead(500).end();
    else setTimeout(() => response.end('well'), 30);
  });
  return Object.assign(state, { port });
}

/** Every process is asked all the time; when it refuses for the first time it has opened. Milliseconds from the threshold. */
async function openedAfter(stage, ask) {
  const failures = [];
  const opened = stage.services.map(() => Infinity);
  const stop = performance.now() + 20_000;
  await Promise.all(
    stage.services.map(async (service, n) => {
      while (opened[n] === Infinity && performance.now() < stop) {
        const { status, at } = await ask(service);
        if (status === 500) failures.push(at);
        else if (status === 503) opened[n] = at;
        await pause(2);
      }
    }),
  );
  const threshold = failures.toSorted((a, b) => a - b)[SETTINGS.failure_threshold - 1];
  return Math.max(...opened) - threshold;
}

export async function breaker(stage, { openedMs }) {
  const { services } = stage;
  const target = await brokenDestination(stage);
  const route = { name: 'breaking', destinations: [there(target.port)], circuit_breaker: SETTINGS };
  await stage.call(services[0], 'POST', '/routes', route);
  const agent = new http.Agent({ keepAlive: true });
  const ask = (service) => stage.ask(service, 'breaking/', { agent });
  const askAll = (times) =>
    Promise.all(services.flatMap((service) => Array.from({ length: times }, () => ask(service))));
  await until(async () => (await askAll(1)).every(({ status }) => status !== 404), 10_000);
  await stage.call(services[0], 'POST', '/routes/breaking/circuit-breaker/reset');
  await pause(300);
  const slowest = Math.round(await openedAfter(stage, ask));
  stage.must(
    slowest <= openedMs,
    `all ${services.length} processes are open ${slowest} ms after failure ${SETTINGS.failure_threshold}`,
  );
  const before = target.arrived;
  await askAll(5);
  stage.must(target.arrived === before, 'an open one lets nothing through');
  await halfOpen(stage, target, ask);
  target.broken = false;
  const isClosed = async (service) =>
    (await stage.call(service, 'POST', '/explain', { route: 'breaking' })).circuit_breaker.state === 'closed';
  const closed = async () => {
    await askAll(1);
    return (await Promise.all(services.map(isClosed))).every(Boolean);
  };
  stage.must(await until(closed, 30_000), 'recovery closes all of them');
  stage.must(
    (await askAll(10)).every(({ status }) => status === 200),
    'and everything goes through again',
  );
  await stage.call(services[0], 'POST', '/routes/breaking/disable');
  agent.destroy();
}

/** Asked by many, from the moment on when it may be half open until it has failed again. */
async function halfOpen(stage, target, ask) {
  const { half_open_at } = await stage.call(stage.services[0], 'GET', '/routes/breaking/circuit-breaker');
  await pause(Math.max(0, Date.parse(half_open_at) - Date.now()));
  const before = target.arrived;
  const end = performance.now() + (SETTINGS.open_seconds * 1000 * 3) / 4;
  const client = async (service) => {
    for (; performance.now() < end; await pause(5)) await ask(service);
  };
  await Promise.all(stage.services.flatMap((service) => Array.from({ length: CLIENTS }, () => client(service))));
  const probes = target.arrived - before;
  const asked = `${CLIENTS * stage.services.length} clients of ${stage.services.length} processes`;
  stage.must(
    probes >= 1 && probes <= PROBES,
    `half open, ${probes} probes of at most ${PROBES} go through for ${asked}`,
  );
}
