// Many streams at once: destinations that hang up, slow bodies, clients that go away.
import http from 'node:http';
import { memoryOf, socketsOf, there, until } from './stage.mjs';

const MOST_GROWTH_MB = 60;
/** Of the database and of who looks on. */
const SOCKETS_SPARE = 6;

/** Answers by chance: well, slowly, with a failure, half, or not at all. */
function destination(arrived) {
  return (request, response) => {
    const id = request.headers['x-stream'];
    arrived.set(id, (arrived.get(id) ?? 0) + 1);
    const fate = Math.random();
    request.on('error', () => undefined).resume();
    if (fate < 0.1) return request.socket.destroy();
    if (fate < 0.15) return response.writeHead(503).end();
    response.writeHead(200);
    let pieces = 8;
    const write = () => {
      if (response.destroyed) return undefined;
      if (fate < 0.3 && pieces === 4) return response.destroy();
      if (pieces-- === 0) return response.end();
      response.write(Buffer.alloc(16_384, 2));
      return setTimeout(write, Math.random() * 30);
    };
    return write();
  };
}

/** In pieces, as somebody on a slow line. */
function upload(request) {
  let pieces = 5;
  const write = () => {
    if (request.destroyed) return undefined;
    if (pieces-- === 0) return request.end();
    request.write(Buffer.alloc(8192, 1));
    return setTimeout(write, Math.random() * 20);
  };
  write();
}

function stream(stage, agent, seen) {
  return new Promise((resolve) => {
    const [post, goesAway] = [Math.random() < 0.4, Math.random() < 0.2];
    const id = `${process.pid}-${++seen.made}`;
    const options = {
      method: post ? 'POST' : 'GET',
      agent,
      headers: { 'x-api-key': stage.adminKey, 'x-stream': id },
    };
    const request = http.request(`${stage.services[0].url}/api/v1/mesh/proxy/streams/x`, options, (answer) => {
      if (goesAway) setTimeout(() => request.destroy(), Math.random() * 100);
      answer.on('error', () => undefined).resume();
      answer.on('close', () => {
        seen.statuses[answer.statusCode] = (seen.statuses[answer.statusCode] ?? 0) + 1;
        resolve();
      });
    });
    request.on('error', resolve);
    if (!post) request.end();
    else {
      seen.posted.add(id);
      upload(request);
    }
  });
}

export async function streams(stage, { atOnce, rounds }) {
  const [service] = stage.services;
  const arrived = new Map();
  const { server, port } = await stage.serve(destination(arrived));
  const retry = { attempts: 2, backoff: { base_ms: 1, max_ms: 10 }, budget_percent: 50 };
  await stage.call(service, 'POST', '/routes', { name: 'streams', destinations: [there(port)], retry });
  const seen = { made: 0, statuses: {}, posted: new Set() };
  const [before, memory] = [socketsOf(service.pid), []];
  for (let round = 0; round <= rounds; round++) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
    const began = performance.now();
    await Promise.all(Array.from({ length: atOnce }, () => stream(stage, agent, seen)));
    const took = Math.round(performance.now() - began);
    agent.destroy();
    const calm = await until(() => socketsOf(service.pid) <= before + SOCKETS_SPARE, 30_000);
    memory.push(await memoryOf(stage, service));
    stage.must(calm, `${atOnce} at once in ${took} ms leave ${socketsOf(service.pid)} sockets (${before} before)`);
  }
  const connected = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  stage.must(await until(async () => (await connected()) === 0, 30_000), 'nor is one to the destination left');
  // When garbage is collected nobody says: the least of the later rounds against that of the earlier ones.
  const half = Math.ceil(memory.length / 2);
  const growth = Math.min(...memory.slice(half)) - Math.min(...memory.slice(0, half));
  stage.must(growth < MOST_GROWTH_MB, `memory stays: ${memory.map(Math.round).join(', ')} MB`);
  const replayed = [...seen.posted].filter((id) => (arrived.get(id) ?? 0) > 1).length;
  const retried = [...arrived].filter(([id, times]) => times > 1 && !seen.posted.has(id)).length;
  stage.must(
    replayed === 0,
    `of ${seen.posted.size} POSTs none was sent twice; answers: ${JSON.stringify(seen.statuses)}`,
  );
  stage.must(retried > 0, `${retried} requests that do no harm twice were tried again`);
  await stage.call(service, 'POST', '/routes/streams/disable');
}
