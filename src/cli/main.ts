import { ExitCode } from './core/exit-codes.js';
import { runCli } from './run.js';

/** Replaced at build time. */
declare const UREG_VERSION: string;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `| head` closes our output early: that is no failure, but of what is of use as a whole only.
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`error: cannot write to standard output\nreason: ${error.message}\n`);
  process.exit(ExitCode.failure);
});
process.stderr.on('error', () => undefined);

process.exitCode = await runCli(process.argv, UREG_VERSION);
