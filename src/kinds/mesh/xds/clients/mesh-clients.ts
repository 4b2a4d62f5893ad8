import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { currentRequest } from '../../../../platform/http/request-context.js';
import { currentViewer } from '../../../../entries/visibility.js';
import { Jobs } from '../../../../platform/jobs/jobs.js';
import { XDS_KINDS } from '../xds-catalog.js';
import { MeshClientRepository } from './mesh-client.repository.js';
import type { ClientNote, ClientRow } from './mesh-client.repository.js';
import type { MeshClient, MeshClientResource } from './mesh-client.dto.js';

const FLUSH_MS = 500;
const HOUR_MS = 3_600_000;
const KEPT_HOURS = 24;
/** A proxy that has asked so lately is there; Envoy polls every few seconds, streams tell so themselves. */
const THERE_MS = 60_000;
const MOST_WAITING = 20_000;
const MOST_TEXT = 255;
const MOST_ERROR = 2000;
// oxlint-disable-next-line no-control-regex -- PostgreSQL takes no NUL, and people read these
const CONTROL = /[\x00-\x1f\x7f]/g;

/** Keeps what each proxy was given, took and refused. Noted in memory, written twice a second. */
@Injectable()
export class MeshClients implements OnModuleInit, BeforeApplicationShutdown {
  private waiting = new Map<string, ClientNote>();
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: MeshClientRepository,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('mesh-clients', FLUSH_MS, () => this.flush());
    this.jobs.every('mesh-clients-gone', HOUR_MS, () => this.repository.forget(KEPT_HOURS), { lock: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush().catch(() => undefined);
  }

  note(given: Omit<ClientNote, 'principal' | 'seen_at'>, principal = currentRequest()?.principal?.id ?? ''): void {
    const note: ClientNote = {
      ...given,
      node_id: plain(given.node_id),
      cluster: plain(given.cluster),
      user_agent: plain(given.user_agent),
      zone: given.zone === null ? null : plain(given.zone),
      ...(given.applied_version !== undefined && { applied_version: plain(given.applied_version) }),
      ...(given.rejected_version !== undefined && { rejected_version: plain(given.rejected_version) }),
      ...(given.has_version !== undefined && { has_version: plain(given.has_version) }),
      ...(given.error !== undefined && { error: plain(given.error, MOST_ERROR) }),
      principal,
      seen_at: new Date(),
    };
    const key = `${note.node_id}\0${note.type}`;
    const before = this.waiting.get(key);
    if (!before && this.waiting.size >= MOST_WAITING) return;
    this.waiting.set(key, before ? merged(before, note) : note);
  }

  /** What of proxies the caller may know: why one refused something tells of routes, so its own key or who sees all. */
  async list(limit: number): Promise<MeshClient[]> {
    await this.flush();
    const rows = await this.repository.list(limit);
    const byNode = new Map<string, ClientRow[]>();
    for (const row of rows) byNode.set(row.node_id, [...(byNode.get(row.node_id) ?? []), row]);
    return [...byNode.values()].map(toResponse);
  }

  private flush(): Promise<void> {
    this.flushing = this.flushing.catch(() => undefined).then(() => this.write());
    return this.flushing;
  }

  private async write(): Promise<void> {
    if (this.waiting.size === 0) return;
    const notes = this.waiting;
    this.waiting = new Map();
    try {
      await this.repository.note([...notes.values()]);
    } catch (error) {
      // What came meanwhile is newer.
      for (const [key, note] of notes) {
        const later = this.waiting.get(key);
        this.waiting.set(key, later ? merged(note, later) : note);
      }
      throw error;
    }
  }
}

const plain = (text: string, most = MOST_TEXT): string => text.slice(0, most).toWellFormed().replace(CONTROL, ' ');

/** As the table does it for two notes in a row. */
function merged(before: ClientNote, note: ClientNote): ClientNote {
  const lost = note.has_version !== undefined && before.served_version !== undefined && note.has_version !== before.served_version; // prettier-ignore
  const taken = (note.applied_version ?? note.has_version) === (before.rejected_version ?? before.served_version);
  const { rejected_version, error, ...rest } = before;
  return {
    ...rest,
    ...(!taken && rejected_version !== undefined && { rejected_version, error }),
    ...(lost && { rejected_version: before.served_version, error: 'It still had another version when it asked again.' }), // prettier-ignore
    ...note,
  };
}

function toResponse(rows: readonly ClientRow[]): MeshClient {
  const [{ node_id, cluster, user_agent, zone, protocol, principal }] = rows;
  const seen = Math.max(...rows.map(({ seen_at }) => seen_at.getTime()));
  const told = currentViewer() === undefined || currentRequest()?.principal?.id === principal;
  const resources = rows
    .map((row) => resourceOf(row, told))
    .toSorted((a, b) => XDS_KINDS.indexOf(a.type) - XDS_KINDS.indexOf(b.type));
  return {
    node_id,
    cluster,
    user_agent,
    zone,
    protocol,
    connected: Date.now() - seen < THERE_MS,
    up_to_date: resources.every(({ up_to_date }) => up_to_date),
    seen_at: new Date(seen).toISOString(),
    resources,
  };
}

const resourceOf = (row: ClientRow, told: boolean): MeshClientResource => ({
  type: row.type as MeshClientResource['type'],
  served_version: row.served_version,
  served_at: row.served_at?.toISOString() ?? null,
  applied_version: row.applied_version,
  applied_at: row.applied_at?.toISOString() ?? null,
  rejected_version: row.rejected_version,
  rejected_at: row.rejected_at?.toISOString() ?? null,
  error: told ? row.error : null,
  up_to_date: row.served_version !== null && row.served_version === row.applied_version,
});
