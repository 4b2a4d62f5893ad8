/** Each writer adds one to the same number, by compare-and-set, on one of several processes. */
export async function compareAndSet(clients, writers) {
  await clients[0].put('counter', 0);
  const began = performance.now();
  let refused = 0;
  const write = async (_, n) => {
    const client = clients[n % clients.length];
    for (;;) {
      const known = await client.read('counter');
      if (known && (await client.put('counter', known.value + 1, { revision: known.revision })) === 200) return;
      refused++;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const seconds = (performance.now() - began) / 1000;
  const { body } = await clients[0].call('GET', '/counter/history?limit=1000');
  const kept = body.map((version) => version.value).toReversed();
  // What the other process wrote last is read here a little later, as everywhere.
  let { value, revision } = await clients[0].read('counter');
  for (const until = performance.now() + 10_000; revision <= writers && performance.now() < until;)
    ({ value, revision } = await clients[0].read('counter'));
  return {
    text: `${writers} writers with compare-and-set on one key: ${value} written, ${refused} refused, ${seconds.toFixed(1)} s`,
    holds:
      value === writers && revision === writers + 1 && kept.every((one, n) => one === n) && kept.length === writers + 1,
  };
}
