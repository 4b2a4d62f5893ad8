import { columnsOf } from '../core/interactive.js';
import { elapsed, grouped } from './time.js';

export interface ProgressOptions {
  stderr: NodeJS.WriteStream;
  quiet: boolean;
  now?: () => number;
}

const QUIET_MS = 300;
const FRAME_MS = 100;
const PLAIN_LINE_MS = 10_000;
const FRAMES = ['|', '/', '-', '\\'];
const BAR_WIDTH = 24;

/**
 * Long work on stderr: nothing in the first 300 ms, then a bar (a spinner while the length is unknown) on a terminal
 * and a plain line every ten seconds elsewhere. Cleared at the end.
 */
export class Progress {
  private readonly now: () => number;
  private readonly started: number;
  private timer: NodeJS.Timeout | undefined;
  private stageStarted: number;
  private label = '';
  private done = 0;
  private total: number | undefined;
  private frame = 0;
  private drawn = false;

  constructor(private readonly options: ProgressOptions) {
    this.now = options.now ?? Date.now;
    this.started = this.now();
    this.stageStarted = this.started;
    if (options.quiet) return;
    const terminal = options.stderr.isTTY === true;
    this.timer = setInterval(() => this.tick(terminal), terminal ? FRAME_MS : PLAIN_LINE_MS);
    this.timer.unref();
  }

  /** A new stretch of work; `total` when its length is known. */
  stage(label: string, total?: number): void {
    this.label = label;
    this.total = total;
    this.done = 0;
    this.stageStarted = this.now();
  }

  advance(count = 1): void {
    this.done += count;
  }

  /** Prints a line above the bar. */
  line(text: string): void {
    this.clear();
    this.options.stderr.write(`${text}\n`);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.clear();
  }

  private tick(terminal: boolean): void {
    const spent = this.now() - this.started;
    if (spent < QUIET_MS || this.label === '') return;
    if (!terminal) {
      this.options.stderr.write(`${this.plainText(spent)}\n`);
      return;
    }
    this.frame += 1;
    this.drawn = true;
    this.options.stderr.write(`\r\u001b[2K${this.text(spent).slice(0, columnsOf(this.options.stderr) - 1)}`);
  }

  private plainText(spent: number): string {
    if (this.total === undefined && this.done === 0) return `${this.label} after ${elapsed(spent)}`;
    const share = this.total ? `/${grouped(this.total)} (${Math.floor((this.done / this.total) * 100)}%)` : '';
    return `${this.label}: ${grouped(this.done)}${share} after ${elapsed(spent)}`;
  }

  private text(spent: number): string {
    if (this.total === undefined) {
      const spinner = FRAMES[this.frame % FRAMES.length];
      return `${spinner} ${this.label}${this.done > 0 ? ` ${grouped(this.done)}` : ''}  ${elapsed(spent)}`;
    }
    const share = this.total === 0 ? 1 : Math.min(1, this.done / this.total);
    const filled = Math.round(share * BAR_WIDTH);
    const bar = '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled);
    const percent = String(Math.floor(share * 100)).padStart(3);
    const rate = Math.round((this.done * 1000) / Math.max(1, this.now() - this.stageStarted));
    const counts = `${grouped(this.done)}/${grouped(this.total)}`;
    return `${this.label} [${bar}] ${percent}%  ${counts}  ${grouped(rate)}/s  ${elapsed(spent)}`;
  }

  private clear(): void {
    if (!this.drawn) return;
    this.drawn = false;
    this.options.stderr.write('\r\u001b[2K');
  }
}
