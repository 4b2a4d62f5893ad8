/** The same service with ROLE=worker: it runs jobs, and answers health and metrics only. */
process.env.ROLE = 'worker';
await import('./main.js');
