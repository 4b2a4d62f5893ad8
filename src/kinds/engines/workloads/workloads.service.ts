import { Injectable } from '@nestjs/common';
import type { ResolvedEntry } from '../../../entries/entry-ids.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { isForeignKeyViolation } from '../../../platform/database/database-errors.js';
import { ConflictError, ImpossibleError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { hasGpu } from '../engine-capacity.js';
import { engineKind } from '../engine.kind.js';
import { LeaseRepository } from './lease.repository.js';
import { assertSmall, newWorkloads } from './new-workloads.js';
import { toLeaseResponse, toWorkloadResponse } from './workload-response.js';
import type { WorkloadResponse, WorkloadRow } from './workload-response.js';
import type { WorkloadCompletion, WorkloadFailure, WorkloadHeartbeat, WorkloadLease } from './workload.dto.js';
import { WorkloadRepository } from './workload.repository.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LEASE_SECONDS = 60;

/** What engines are to do, and who does it at the moment. Engines are named by id, key or name. */
@Injectable()
export class WorkloadsService {
  constructor(
    private readonly kindEntries: KindEntriesService,
    private readonly workloads: WorkloadRepository,
    private readonly leases: LeaseRepository,
  ) {}

  /** @throws ImpossibleError `workload.no_gpu` */
  async add(engine: string, body: unknown): Promise<WorkloadResponse[]> {
    const made = newWorkloads(body);
    const { id, uid } = await this.engine(engine);
    if (made.some(({ gpu }) => gpu) && !hasGpu(await this.kindEntries.get(engineKind, uid)))
      throw new ImpossibleError('workload.no_gpu', 'This engine has no GPU.', [
        { field: 'requires.gpu', message: 'must be false, as gpu_enabled of the engine is' },
      ]);
    try {
      const rows = await this.workloads.add(id, made);
      return rows.map((row) => toWorkloadResponse(row, uid));
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new NotFoundError('engine', engine);
      throw error;
    }
  }

  async get(engine: string, wid: string): Promise<WorkloadResponse> {
    const { id, uid } = await this.engine(engine);
    return toWorkloadResponse(await this.found(id, wid), uid);
  }

  /** @throws ConflictError `workload.finished` */
  async cancel(engine: string, wid: string): Promise<void> {
    const { id } = await this.engine(engine);
    if (UUID.test(wid) && (await this.workloads.cancel(id, wid))) return;
    const { status } = await this.found(id, wid);
    throw new ConflictError('workload.finished', `It is ${status} already.`, { status });
  }

  /** @throws ConflictError `workload.not_dead` */
  async revive(engine: string, wid: string): Promise<WorkloadResponse> {
    const { id, uid } = await this.engine(engine);
    const revived = UUID.test(wid) ? await this.workloads.revive(id, wid) : undefined;
    if (revived) return toWorkloadResponse(revived, uid);
    const { status } = await this.found(id, wid);
    throw new ConflictError('workload.not_dead', `It is ${status}; only dead letters are tried again by hand.`, {
      status,
    });
  }

  /**
   * The next workloads for a worker, none when nothing waits.
   * @throws ConflictError `engine.not_running`
   */
  async lease(engine: string, { worker, count, lease_seconds, gpu }: WorkloadLease) {
    const { id, uid } = await this.engine(engine);
    const question = { worker, count: count ?? 1, seconds: lease_seconds ?? LEASE_SECONDS, gpu: gpu ?? true };
    const leased = await this.leases.lease(id, question);
    if (!leased) throw new NotFoundError('engine', engine);
    if (leased.engineStatus !== 'running')
      throw new ConflictError('engine.not_running', `Nothing is leased while it is ${leased.engineStatus}.`, {
        state: leased.engineStatus,
        allowed: [],
      });
    return leased.rows.map((row) => toLeaseResponse(row, uid));
  }

  heartbeat(engine: string, wid: string, { lease_token, lease_seconds }: WorkloadHeartbeat): Promise<WorkloadResponse> {
    return this.held(engine, wid, (id) => this.leases.heartbeat(id, wid, lease_token, lease_seconds ?? null));
  }

  complete(engine: string, wid: string, { lease_token, result }: WorkloadCompletion): Promise<WorkloadResponse> {
    if (result) assertSmall('result', result);
    return this.held(engine, wid, (id) => this.leases.complete(id, wid, lease_token, result ?? null));
  }

  fail(engine: string, wid: string, { lease_token, error, retry }: WorkloadFailure): Promise<WorkloadResponse> {
    return this.held(engine, wid, (id) => this.leases.fail(id, wid, lease_token, error ?? null, retry ?? true));
  }

  engine(idOrKey: string): Promise<ResolvedEntry> {
    return this.kindEntries.resolve(engineKind, idOrKey);
  }

  /** @throws ConflictError `workload.lease_lost` for a token that is not, or no longer, the running attempt's */
  private async held(
    engine: string,
    wid: string,
    change: (entryId: string) => Promise<WorkloadRow | undefined>,
  ): Promise<WorkloadResponse> {
    const { id, uid } = await this.engine(engine);
    const changed = UUID.test(wid) ? await change(id) : undefined;
    if (changed) return toWorkloadResponse(changed, uid);
    const { status } = await this.found(id, wid);
    throw new ConflictError('workload.lease_lost', `This token holds no lease of it; it is ${status}.`, { status });
  }

  private async found(entryId: string, wid: string): Promise<WorkloadRow> {
    const row = UUID.test(wid) ? await this.workloads.find(entryId, wid) : undefined;
    if (!row) throw new NotFoundError('workload', wid);
    return row;
  }
}
