// What the mesh's proxy costs beside a bare pipe of http.request, in the same run and under the same load.
//   npm run build && node test/bench/mesh-proxy.mjs [--seconds 5] [--connections 32] [--bytes 1024,65536,1048576]
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { Stage, there, until } from '../../scripts/mesh-proof/stage.mjs';
import { NativePostgres } from '../../scripts/native-postgres.mjs';
import { ServiceProcess } from '../../scripts/service-process.mjs';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, connections: { type: 'string', default: '32' }, bytes: { type: 'string', default: '1024,65536,1048576' }, pipe: { type: 'string' } }, // prettier-ignore
});

/** As little as a proxy can do. */
function pipe(port) {
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const { method, url: path, headers } = request;
    const upstream = http.request({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
}

/** Milliseconds of CPU that a process has used: on a busy machine this says more than what passed meanwhile. */
const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

async function measure(pid, url, headers) {
  const before = cpuOf(pid);
  const options = { url, headers, connections: Number(values.connections), duration: Number(values.seconds) };
  const { requests, latency, non2xx } = await autocannon(options);
  const cpuMs = Math.round(((cpuOf(pid) - before) / requests.total) * 1000) / 1000;
  return { perSecond: Math.round(requests.average), cpuMs, p99: latency.p99, failed: non2xx };
}

async function main() {
  const { fork } = await import('node:child_process');
  const cluster = process.env.DATABASE_URL ? undefined : await NativePostgres.start();
  const stage = new Stage(makeKey('admin_key'));
  const limits = { RATE_LIMIT_DEFAULT: 'off', RATE_LIMIT_BURST: 'off' };
  const env = { DATABASE_URL: process.env.DATABASE_URL ?? cluster.url, REGISTRY_ADMIN_KEY: stage.adminKey, MESH_PROXY: 'true', MESH_ALLOWED_HOSTS: '127.0.0.1', ...limits }; // prettier-ignore
  const bodies = new Map(values.bytes.split(',').map((bytes) => [`/${bytes}`, Buffer.alloc(Number(bytes), 'x')]));
  const { port } = await stage.serve(({ url }, response) => response.end(bodies.get(url)));
  const bare = fork(new URL(import.meta.url), ['--pipe', String(port)]);
  try {
    const barePort = await new Promise((resolve) => bare.once('message', resolve));
    stage.services.push(await ServiceProcess.start(env));
    const [service] = stage.services;
    await stage.call(service, 'POST', '/routes', { name: 'bench', destinations: [there(port)] });
    await until(async () => (await stage.ask(service, 'bench/1')).status === 200, 10_000);
    const proxied = `${service.url}/api/v1/mesh/proxy/bench`;
    for (const path of bodies.keys()) {
      const ways = {
        'bare pipe': () => measure(bare.pid, `http://127.0.0.1:${barePort}${path}`, {}),
        'mesh proxy': () => measure(service.pid, proxied + path, { 'x-api-key': stage.adminKey }),
      };
      for (const run of Object.values(ways)) await run();
      const found = {};
      for (const [name, run] of Object.entries(ways)) found[name] = await run();
      console.log(`${path.slice(1)} bytes a request`);
      for (const [name, figures] of Object.entries(found)) console.log(`  ${name} ${JSON.stringify(figures)}`);
      const share = found['mesh proxy'].perSecond / found['bare pipe'].perSecond;
      console.log(`  throughput: ${share.toFixed(2)} of the bare pipe`);
    }
  } finally {
    bare.kill();
    await stage.close();
    await cluster?.stop();
  }
}

if (values.pipe) pipe(Number(values.pipe));
else await main();
