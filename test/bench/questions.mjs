// What is measured: the requests, taken from the data that is there.
const PHRASES = [
  'image processing', 'text editor', 'python library', 'web server', 'database client', 'perl module', 'game engine',
  'network monitor', 'file system', 'development files', 'shared library', 'audio player', 'video codec', 'font family',
  'command line', 'documentation package', 'debug symbols', 'ruby interface', 'mail server', 'image viewer',
  'password manager', 'terminal emulator', 'unit testing', 'machine learning', 'graph visualization', 'text search',
]; // prettier-ignore

const spread = (rows, most) => {
  const step = Math.max(1, Math.floor(rows.length / most));
  return rows.filter((_, n) => n % step === 0).slice(0, most);
};

/** Closed-loop clients ask these in turn, as many as `connections` says; one alone shows the time without queueing. */
export async function questions(client) {
  const entries = (await client.query("SELECT uid FROM entry WHERE kind = 'resource' ORDER BY id")).rows;
  const leaves = (
    await client.query(`SELECT e.uid FROM entry e JOIN entry_degree d ON d.entry_id = e.id
      WHERE d.in_degree = 0 AND d.out_degree > 0 ORDER BY e.id`)
  ).rows;
  const all = [
    {
      title: 'entity by id',
      connections: 10,
      requests: spread(entries, 300).map(({ uid }) => ({ path: `/api/v1/entities/${uid}` })),
    },
    {
      title: 'list page of 50',
      connections: 10,
      requests: ['', '&sort=name', '&sort=-updated_at', '&offset=500'].map((more) => ({
        path: `/api/v1/entities?type=resource&limit=50${more}`,
      })),
    },
    {
      title: 'text search, two words',
      connections: [1, 4],
      requests: PHRASES.map((phrase) => ({ path: `/api/v1/search?q=${encodeURIComponent(phrase)}&limit=10` })),
    },
    {
      title: 'graph, depth 3 from a leaf',
      connections: [1, 4],
      requests: spread(leaves, 200).map(({ uid }) => ({ path: `/api/v1/graph?root_id=${uid}&depth=3` })),
    },
    {
      title: 'create',
      connections: 10,
      requests: [
        {
          method: 'POST',
          path: '/api/v1/entities',
          body: {
            type: 'service',
            name: 'bench',
            title: 'A service of the benchmark',
            description: 'Takes orders and answers them.',
            tags: ['bench', 'orders'],
            metadata: { tier: 1, team: 'checkout' },
          },
        },
      ],
    },
  ];
  return all.flatMap((one) => [one.connections].flat().map((connections) => ({ ...one, connections })));
}
