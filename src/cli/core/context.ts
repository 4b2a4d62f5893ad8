import { RegistryClient, type RegistryRequest, type RegistryResponse } from './client.js';
import { closeToOthers } from './config-file.js';
import { askSecret, askValue, assertMayConfirm, cancelled, confirmModerate, confirmSevere } from './confirm.js';
import { oneLine, SilentExit } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { readStdin } from './input.js';
import { mayPrompt, type Terminal } from './interactive.js';
import { ServerVersions, serverVersionsPath } from './server-versions.js';
import { resolveKey, resolveSettings, type GlobalFlags, type Setting, type Settings } from './settings.js';
import type { Signals } from './signals.js';
import { paintFor, type Paint } from '../output/colour.js';
import { isMachineFormat, parseFormat, type Format } from '../output/format.js';
import { page, pagerCommand } from '../output/pager.js';
import { Progress } from '../output/progress.js';
import { renderList, renderOne, type RenderOptions } from '../output/render.js';
import type { View } from '../output/view.js';

export interface ContextInput {
  program: string;
  version: string;
  terminal: Terminal;
  cwd: string;
  flags: GlobalFlags;
  dryRun: boolean;
  yes: boolean;
  signals: Signals;
}

const SHOW_CURSOR = '\u001b[?25h';

/** What a command works with: settings, the client, and everything it may say. */
export class CommandContext {
  readonly paint: Paint;
  readonly errPaint: Paint;
  private settingsFound: Settings | undefined;
  private clientMade: Promise<RegistryClient> | undefined;
  private notices: string[] = [];

  constructor(private readonly input: ContextInput) {
    const { terminal, flags } = input;
    this.paint = paintFor({ flag: flags.color, env: terminal.env, isTTY: terminal.stdout.isTTY === true });
    this.errPaint = paintFor({ flag: flags.color, env: terminal.env, isTTY: terminal.stderr.isTTY === true });
  }

  get program(): string {
    return this.input.program;
  }

  get version(): string {
    return this.input.version;
  }

  get terminal(): Terminal {
    return this.input.terminal;
  }

  get signals(): Signals {
    return this.input.signals;
  }

  get flags(): GlobalFlags {
    return this.input.flags;
  }

  get dryRun(): boolean {
    return this.input.dryRun;
  }

  get quiet(): boolean {
    return this.input.flags.quiet === true;
  }

  get settings(): Settings {
    if (this.settingsFound) return this.settingsFound;
    const { flags, terminal, cwd } = this.input;
    this.settingsFound = resolveSettings(flags, terminal.env, cwd);
    const remark = closeToOthers(this.settingsFound.configPath);
    if (remark) this.notice(remark);
    return this.settingsFound;
  }

  get format(): Format {
    return parseFormat(this.settings.output.value);
  }

  /** Whether changes are told in a sentence, for people, and not as records. */
  get speaks(): boolean {
    return !this.quiet && this.format.name === 'table' && this.flags.fields === undefined;
  }

  get mayPrompt(): boolean {
    const { flags, terminal } = this.input;
    const noInput = flags.input === false || Boolean(terminal.env.UREG_NO_INPUT);
    return mayPrompt(terminal, { noInput, machineOutput: isMachineFormat(this.format) });
  }

  key(): Promise<Setting<string | undefined>> {
    const { flags, terminal, cwd } = this.input;
    const stdin = (): Promise<string> => readStdin(terminal.stdin, '--token-stdin');
    return resolveKey({ flags, env: terminal.env, settings: this.settings, cwd, readStdin: stdin });
  }

  client(): Promise<RegistryClient> {
    this.clientMade ??= this.key().then(({ value, source }) =>
      this.clientWith(value, this.settings.server.value, source),
    );
    return this.clientMade;
  }

  clientWith(key: string | undefined, server: URL = this.settings.server.value, keySource?: string): RegistryClient {
    const debug = this.flags.debug === true || Boolean(this.terminal.env.UREG_DEBUG);
    return new RegistryClient({
      server,
      key,
      keySource,
      timeoutMs: this.settings.timeoutMs.value,
      retries: this.settings.retries.value,
      program: this.program,
      version: this.version,
      versions: new ServerVersions(serverVersionsPath(this.terminal.env)),
      debug: debug ? (line) => this.terminal.stderr.write(`debug: ${line}\n`) : undefined,
    });
  }

  /** Sends a request that changes something; under `--dry-run` prints it instead and answers undefined. */
  async send(request: RegistryRequest): Promise<RegistryResponse | undefined> {
    const client = await this.client();
    // An output format that does not exist is refused before the change, not after it.
    void this.format;
    if (!this.dryRun) return client.request(request);
    const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : (request.body ?? null);
    const masks = Object.fromEntries((request.secrets ?? []).map((field) => [field, '********']));
    const plan = {
      dry_run: true,
      method: request.method,
      url: client.urlOf(request).href,
      ...(request.ifMatch === undefined ? {} : { if_match: request.ifMatch }),
      body: request.secrets ? { ...(body as object), ...masks } : body,
    };
    await this.printPlan(plan);
    return undefined;
  }

  /** What `--dry-run` shows: the request that would have been sent. */
  async printPlan(plan: Record<string, unknown>): Promise<void> {
    if (isMachineFormat(this.format) || this.format.name === 'yaml') {
      const fields = Object.keys(plan);
      return this.write(await renderOne(plan, { fields, columns: [], name: () => '' }, this.renderOptions(false)));
    }
    const body = plan.body === null || plan.body === undefined ? '' : `${JSON.stringify(plan.body, null, 2)}\n`;
    const match = plan.if_match === undefined ? '' : `If-Match: "${String(plan.if_match)}"\n`;
    return this.write(`${String(plan.method)} ${String(plan.url)}\n${match}${body}`);
  }

  async list<Row>(rows: readonly Row[], view: View<Row>): Promise<void> {
    if (this.quiet) return this.write(await renderList(rows, idsOf(view), this.quietOptions()));
    return this.write(await renderList(rows, view, this.renderOptions(true)));
  }

  async one<Row>(row: Row, view: View<Row>): Promise<void> {
    if (this.quiet) return this.write(await renderOne(row, idsOf(view), this.quietOptions()));
    return this.write(await renderOne(row, view, this.renderOptions(true)));
  }

  /** The outcome of a change: a sentence for people, the resource for programs, its key with `-q`. */
  async changed<Row>(sentence: string, row: Row, view: View<Row>, next?: string): Promise<void> {
    if (!this.speaks) return this.one(row, view);
    await this.write(`${oneLine(sentence)}\n`);
    if (next && this.terminal.stdout.isTTY) this.notice(`next: ${next}`);
  }

  /** Prints a sentence (people) or an object (programs): for commands whose answer is no record. */
  async say(sentence: string, data: Record<string, unknown>): Promise<void> {
    if (['table', 'wide', 'name'].includes(this.format.name)) return this.write(`${sentence}\n`);
    return this.write(
      await renderOne(data, { fields: Object.keys(data), columns: [], name: () => sentence }, this.renderOptions(true)),
    );
  }

  /** A remark on stderr. For programs it waits for the end: if the command fails, stderr holds the error object only. */
  notice(text: string): void {
    if (this.quiet) return;
    if (isMachineFormat(this.format)) this.notices.push(text);
    else this.terminal.stderr.write(`${oneLine(text)}\n`);
  }

  flushNotices(): void {
    for (const text of this.notices.splice(0)) this.terminal.stderr.write(`${oneLine(text)}\n`);
  }

  progress(): Progress {
    const progress = new Progress({
      stderr: this.terminal.stderr,
      quiet: this.quiet || isMachineFormat(this.format),
    });
    this.signals.onStop(() => progress.stop());
    return progress;
  }

  /** Refuses at once what nobody confirmed and nobody can be asked for: before anything is looked up for the question. */
  assertMayConfirm(): void {
    assertMayConfirm({ yes: this.input.yes || this.dryRun, mayPrompt: this.mayPrompt });
  }

  async confirm(question: string): Promise<void> {
    await this.asking(confirmModerate({ question, yes: this.input.yes, mayPrompt: this.mayPrompt }));
  }

  /** For what cannot be made good again: `name` must be typed, or given as `--confirm`. */
  async confirmSevere(question: string, name: string): Promise<void> {
    const given = this.flags.confirm;
    await this.asking(confirmSevere({ question, name, given, mayPrompt: this.mayPrompt }));
  }

  /** Asks for a value; only where `mayPrompt`. */
  ask(question: string, choices?: readonly string[]): Promise<string> {
    return this.asking(askValue(question, choices));
  }

  secret(question: string): Promise<string> {
    return this.asking(askSecret(question));
  }

  /** Ends with a code although nothing broke: the answer that was printed is "no". */
  exit(code: ExitCode): never {
    throw new SilentExit(code);
  }

  /** Data on stdout, through the pager when a person would have to scroll. */
  async write(text: string): Promise<void> {
    if (text === '') return;
    const wanted = this.flags.pager !== false && !isMachineFormat(this.format);
    const command = pagerCommand({ terminal: this.terminal, wanted, lines: text.split('\n').length });
    if (command && (await this.paged(text, command))) return;
    await this.writeRaw(text);
  }

  /** Data on stdout as it is, waiting while the reader is slow. */
  async writeRaw(data: string | Buffer): Promise<void> {
    if (this.terminal.stdout.write(data)) return;
    await new Promise<void>((resolve) => this.terminal.stdout.once('drain', resolve));
  }

  /** Until the answer is called: a reader that closes our output early has less than it needs, which is a failure. */
  needsReader(): () => void {
    process.exitCode = ExitCode.failure;
    return () => void (process.exitCode = undefined);
  }

  readStdin(flag: string): Promise<string> {
    return readStdin(this.terminal.stdin, flag);
  }

  async close(): Promise<void> {
    (await this.clientMade?.catch(() => undefined))?.close();
  }

  private async paged(text: string, command: string): Promise<boolean> {
    const release = this.signals.hold();
    return page(text, command).finally(release);
  }

  /** A prompt hides the cursor, and a signal may end the process before it is shown again. */
  private asking<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const { stdin, stderr } = this.terminal;
    const done = this.signals.onStop(() => stderr.write(SHOW_CURSOR));
    // Nobody is there any more.
    const gone = new Promise<never>((_, reject) =>
      stdin.once('end', () => {
        stderr.write(SHOW_CURSOR);
        reject(cancelled());
      }),
    );
    return Promise.race([answer, gone]).finally(done);
  }

  private quietOptions(): RenderOptions {
    return { ...this.renderOptions(false), format: { name: 'name' } };
  }

  private renderOptions(withFields: boolean): RenderOptions {
    return {
      format: this.format,
      fields: withFields ? this.flags.fields : undefined,
      headers: this.flags.headers !== false,
      terminal: this.terminal,
      paint: this.paint,
    };
  }
}

/** `-q`: the id that stays true, where there is one. */
function idsOf<Row>(view: View<Row>): View<Row> {
  const id = (row: Row): unknown => (row as { id?: unknown } | null)?.id;
  return { ...view, name: (row) => (typeof id(row) === 'string' ? String(id(row)) : view.name(row)) };
}
