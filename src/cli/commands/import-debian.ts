import { uploadInBatches } from '../io/bulk-upload.js';
import type { CommandContext } from '../core/context.js';
import { CliError, oneLine } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { isMachineFormat } from '../output/format.js';
import type { Progress } from '../output/progress.js';
import { elapsed, grouped } from '../output/time.js';
import { ImportPlan, type ReadResult } from '../debian/import-plan.js';
import { sourceBytes } from '../io/source-bytes.js';
import type { LeafSpec } from '../spec/types.js';
import type { BulkResult } from '../views/bulk-view.js';

/** A batch on a busy embedded database takes longer than a single question. */
const BATCH_TIMEOUT_MS = 120_000;
const MAX_COMPLAINTS = 50;

interface Counts {
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  failed: number;
}

interface Summary extends ReadResult {
  virtual: number;
  entries: Counts;
  relationships: Counts;
  seconds: number;
  packages_per_second: number;
}

export const importDebianCommand: LeafSpec = {
  name: 'debian',
  summary: 'Import the package index of a Debian archive',
  description:
    'FILE holds JSON lines or is a Packages file, plain or packed with gzip or xz; - is standard input.\n' +
    'A package becomes an entry of type resource: its section a tag; homepage, maintainer, installed size (KiB) and\n' +
    'debtags metadata. Each group of depends and recommends becomes a relationship depends_on or recommends to the first\n' +
    'alternative that is a package of the file, else to the first that some package of it provides: an entry of its\n' +
    'own, tagged virtual, to which its providers have provides. All alternatives and versions stand in the\n' +
    "relationship's metadata; a group nothing satisfies in the entry's metadata.unresolved, a group met by the package\n" +
    'itself in metadata.self_relations. Of several versions of a package, the newest is depended on.\n' +
    'Running it again changes only what is new; a run that was cut off is finished by running it again.',
  arguments: [{ name: 'file', summary: 'file, or - for standard input', required: true, completes: 'file' }],
  examples: [
    { cmd: 'import debian packages.jsonl.gz', norun: 'needs a file of yours' },
    { cmd: 'import debian - < Packages', norun: 'needs a file of yours' },
    { cmd: 'import debian Packages.xz --dry-run', note: 'read and resolve only', norun: 'needs a file of yours' },
  ],
  effect: 'writes',
  operations: ['POST /api/v1/entities/bulk', 'POST /api/v1/relationships/bulk'],
  async run(context, { args }) {
    const source = String(args[0]);
    await new DebianImport(context, source).run();
  },
};

class DebianImport {
  private readonly plan = new ImportPlan();
  private readonly started = performance.now();
  private readonly progress: Progress;
  private readonly complaints: string[] = [];
  private complained = 0;

  constructor(
    private readonly context: CommandContext,
    private readonly source: string,
  ) {
    this.progress = context.progress();
  }

  async run(): Promise<void> {
    try {
      const read = await this.read();
      if (this.context.dryRun) return await this.report(read, zero(), zero());
      this.context.signals.explain('what was sent is kept; run the same command again to finish');
      const entries = await this.sendEntries();
      const relationships = await this.sendEdges();
      this.context.signals.explain(undefined);
      return await this.report(read, entries, relationships);
    } finally {
      this.progress.stop();
    }
  }

  private async read(): Promise<ReadResult> {
    this.progress.stage('reading packages');
    const bytes = sourceBytes(this.source, this.context.terminal.stdin);
    const read = await this.plan.read(
      bytes,
      ({ line, reason }) => this.complain(`line ${line}: ${reason}`),
      () => this.progress.advance(),
    );
    if (read.packages === 0 && read.broken === 0) this.complain(`${this.source}: no packages found`);
    return read;
  }

  private async sendEntries(): Promise<Counts> {
    const counts = zero();
    this.progress.stage('entries', this.plan.entryCount);
    await this.upload({
      path: '/api/v1/entities/bulk',
      items: this.plan.entries(),
      lineOf: (item) => item.line,
      onResult: (item, result) => {
        this.count(
          counts,
          result,
          () => `${item.subject.name}${'version' in item.subject ? ` ${item.subject.version}` : ''}`,
        );
        if (result.status !== 'failed') item.subject.id = result.id ?? undefined;
      },
    });
    return counts;
  }

  private async sendEdges(): Promise<Counts> {
    const counts = zero();
    this.progress.stage('relationships', this.plan.edgeCount);
    const lost = (label: string): void => {
      counts.failed += 1;
      this.complain(`${label}: an entry at one of its ends was refused`);
    };
    await this.upload({
      path: '/api/v1/relationships/bulk',
      items: this.plan.edges(lost),
      lineOf: (item) => item.line,
      onResult: (item, result) => this.count(counts, result, item.label),
    });
    return counts;
  }

  private async upload<Item>(what: {
    path: string;
    items: Iterable<Item>;
    lineOf: (item: Item) => string | Buffer;
    onResult: (item: Item, result: BulkResult) => void;
  }): Promise<void> {
    const { settings } = this.context;
    const timeoutMs = settings.timeoutGiven ? settings.timeoutMs.value : BATCH_TIMEOUT_MS;
    const client = await this.context.client();
    await uploadInBatches({ ...what, client, timeoutMs, onBatch: (items) => this.progress.advance(items) }).catch(
      (error: unknown) => {
        if (!(error instanceof CliError)) throw error;
        const { code, message, exitCode, status, requestId, details, next } = error;
        const reason = `${error.reason ?? 'the import stopped there'}; what was sent is kept, run it again to finish`;
        throw new CliError(code, message, { exitCode, status, requestId, details, next, reason, cause: error });
      },
    );
  }

  private count(counts: Counts, result: BulkResult, label: () => string): void {
    const status = result.status in counts ? (result.status as keyof Counts) : 'skipped';
    counts[status] += 1;
    if (status === 'failed')
      this.complain(`${label()}: ${result.error?.detail ?? 'refused'} (${result.error?.code ?? 'no code'})`);
  }

  /** On stderr at once, for a person; kept for the error object of a program. */
  private complain(text: string): void {
    this.complained += 1;
    if (this.complained > MAX_COMPLAINTS) return;
    this.complaints.push(oneLine(text));
    if (!isMachineFormat(this.context.format)) this.progress.line(oneLine(text));
  }

  private async report(read: ReadResult, entries: Counts, relationships: Counts): Promise<void> {
    this.progress.stop();
    const seconds = (performance.now() - this.started) / 1000;
    const summary: Summary = {
      ...read,
      virtual: this.plan.virtualCount,
      entries,
      relationships,
      seconds: Math.round(seconds * 1000) / 1000,
      packages_per_second: Math.round(read.packages / seconds),
    };
    const unsaid = this.complained - this.complaints.length;
    if (unsaid > 0 && !isMachineFormat(this.context.format))
      this.context.notice(`… and ${grouped(unsaid)} more of these`);
    const bad = read.broken + entries.failed + relationships.failed;
    if (bad > 0 && isMachineFormat(this.context.format)) throw partial(bad, summary, this.complaints);
    await this.context.say(this.sentence(summary), { ...summary, complaints: this.complaints });
    if (bad > 0) throw partial(bad, summary, this.complaints);
  }

  private sentence(summary: Summary): string {
    const { packages, virtual, entries, relationships, seconds } = summary;
    const what = `${grouped(packages)} packages and ${grouped(virtual)} virtual packages`;
    const time = `${elapsed(seconds * 1000)}, ${grouped(summary.packages_per_second)} packages/s`;
    if (this.context.dryRun)
      return `would import ${what} with ${grouped(this.plan.edgeCount)} relationships (read in ${time})`;
    const changed = entries.created + entries.updated + relationships.created + relationships.updated;
    const start = changed === 0 && entries.failed + relationships.failed === 0 ? 'nothing to change' : 'imported';
    return `${start}: ${what}; entries ${countsText(entries)}; relationships ${countsText(relationships)}; ${time}`;
  }
}

function partial(bad: number, summary: Summary, complaints: readonly string[]): CliError {
  return new CliError('cli.partial', `${grouped(bad)} lines or items could not be imported`, {
    exitCode: ExitCode.partial,
    reason: 'everything else was imported',
    details: { summary, complaints },
  });
}

function zero(): Counts {
  return { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
}

function countsText(counts: Counts): string {
  const parts = [
    `${grouped(counts.created)} created`,
    `${grouped(counts.updated)} updated`,
    `${grouped(counts.unchanged)} unchanged`,
  ];
  if (counts.skipped > 0) parts.push(`${grouped(counts.skipped)} skipped`);
  parts.push(`${grouped(counts.failed)} failed`);
  return parts.join(', ');
}
