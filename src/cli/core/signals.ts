import { ExitCode } from './exit-codes.js';

type Cleanup = () => void;

/** What must be put right before the process ends by a signal: a progress line, the cursor, a word on what goes on. */
export class Signals {
  private readonly cleanups = new Set<Cleanup>();
  private farewell: string | undefined;
  private stopping = false;
  private holds = 0;

  constructor(private readonly stderr: NodeJS.WriteStream) {}

  install(): void {
    process.on('SIGINT', () => this.stop('interrupted', ExitCode.interrupted));
    process.on('SIGTERM', () => this.stop('terminated', ExitCode.terminated));
  }

  /** Run at a signal; the answer removes it again. */
  onStop(cleanup: Cleanup): () => void {
    this.cleanups.add(cleanup);
    return () => this.cleanups.delete(cleanup);
  }

  /** Until the answer is called, Ctrl-C is another program's (a pager's), which has the terminal. */
  hold(): () => void {
    this.holds += 1;
    return () => void (this.holds -= 1);
  }

  /** What the user should know if this is cut off now. */
  explain(text: string | undefined): void {
    this.farewell = text;
  }

  private stop(word: string, code: ExitCode): never | void {
    if (this.stopping) process.exit(code);
    if (this.holds > 0 && code === ExitCode.interrupted) return;
    this.stopping = true;
    for (const cleanup of this.cleanups) cleanup();
    this.stderr.write(`${word}${this.farewell ? `: ${this.farewell}` : ''}\n`);
    process.exit(code);
  }
}
