import { runCli } from './run.js';

/** Replaced at build time. */
declare const UREG_VERSION: string;

// `| head` closes our output early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.stderr.on('error', () => undefined);

process.exitCode = await runCli(process.argv, UREG_VERSION);
