import { Injectable } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { AuditTrail } from '../../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Env } from '../../../platform/env/env.js';
import { serviceKind } from '../../services/service.kind.js';
import { MeshFeed } from '../snapshot/mesh-feed.js';
import { MeshSnapshot } from '../snapshot/mesh-snapshot.js';
import type { SettingRow } from '../snapshot/mesh-snapshot.repository.js';
import type { MeshConfig, MeshConfigReplace, MeshServiceBalancer, MeshServiceBalancerReplace, MeshTracingState } from './mesh-config.dto.js'; // prettier-ignore
import { MeshSettingsRepository } from './mesh-settings.repository.js';
import { CONFIG, balancerSetting } from './setting-values.js';

/** What holds for the mesh as a whole, and for services wherever they are a destination. */
@Injectable()
export class MeshConfigs {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: MeshSettingsRepository,
    private readonly kindEntries: KindEntriesService,
    private readonly snapshot: MeshSnapshot,
    private readonly feed: MeshFeed,
    private readonly audit: AuditTrail,
    private readonly env: Env,
  ) {}

  async get(): Promise<MeshConfig> {
    return this.shown(await this.repository.find(CONFIG));
  }

  async replace(config: MeshConfigReplace): Promise<MeshConfig> {
    return this.shown(await this.put(CONFIG, () => config));
  }

  /** Off: the proxy makes no spans. What was sampled before stays. */
  async trace(enabled: boolean, samplePercent?: number): Promise<MeshTracingState> {
    await this.put(CONFIG, (before) => {
      const { tracing, ...rest } = (before ?? {}) as MeshConfigReplace;
      const sample_percent = samplePercent ?? tracing?.sample_percent;
      return { ...rest, tracing: { enabled, ...(sample_percent != null && { sample_percent }) } };
    });
    await this.feed.settled();
    const { tracing } = this.snapshot.settings;
    return { enabled: tracing.enabled, sample_percent: tracing.samplePercent };
  }

  /** @throws NotFoundError `service.not_found` */
  async balance(idOrKey: string, { load_balancer }: MeshServiceBalancerReplace): Promise<MeshServiceBalancer> {
    const { uid, name, version } = await this.kindEntries.get(serviceKind, idOrKey);
    const row = await this.put(balancerSetting(uid), () => ({ load_balancer }));
    const service = keyOf(serviceKind.name, name, version);
    return { load_balancer, service_id: uid, service, version: row.version };
  }

  private async put(name: string, next: (before: unknown) => object): Promise<SettingRow> {
    const row = await this.uow.run(async () => {
      const before = await this.repository.find(name);
      const put = await this.repository.put(name, next(before?.value));
      await this.audit.record({
        action: 'mesh.configure',
        outcome: 'success',
        subject: { type: 'mesh_setting', id: name },
        before: before?.value as object | undefined,
        after: put.value as object,
      });
      this.feed.changing();
      return put;
    });
    await this.feed.settled();
    return row;
  }

  private shown(row: SettingRow | undefined): MeshConfig {
    const { timeout_ms, load_balancer, circuit_breaker, tracing } = (row?.value ?? {}) as MeshConfigReplace;
    return {
      timeout_ms: timeout_ms ?? null,
      load_balancer: load_balancer ?? null,
      circuit_breaker: circuit_breaker ?? null,
      tracing: tracing ?? null,
      version: row?.version ?? 1,
      proxy: this.env.meshProxy,
      updated_at: row?.updated_at.toISOString() ?? null,
      updated_by: row?.updated_by ?? null,
    };
  }
}
