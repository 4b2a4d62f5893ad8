// Load from a process of its own: `{ url, requests, connections, seconds }` in, throughput and exact percentiles out.
import autocannon from 'autocannon';

process.once('message', ({ url, requests, headers, connections, seconds, unique }) => {
  const times = [];
  let counter = 0;
  const wrong = new Map();
  const prepared = requests.map(({ method = 'GET', path, body }) => ({
    method,
    path,
    ...(body && {
      body: JSON.stringify(body),
      setupRequest: (request) => ({ ...request, body: JSON.stringify({ ...body, name: `${unique}-${counter++}` }) }),
    }),
  }));
  const instance = autocannon({ url, connections, duration: seconds, requests: prepared, headers }, (error, result) => {
    if (error) throw error;
    times.sort((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
    process.send({
      perSecond: times.length / result.duration,
      median: at(0.5),
      p95: at(0.95),
      answers: times.length,
      wrong: Object.fromEntries(wrong),
    });
  });
  instance.on('response', (client, status, bytes, time) => {
    times.push(time);
    if (status >= 400) wrong.set(status, (wrong.get(status) ?? 0) + 1);
  });
});
