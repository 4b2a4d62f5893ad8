import { Injectable } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { AuditTrail } from '../../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Env } from '../../../platform/env/env.js';
import { serviceKind } from '../../services/service.kind.js';
import { MeshFeed } from '../snapshot/mesh-feed.js';
import type { SettingRow } from '../snapshot/mesh-snapshot.repository.js';
import type { MeshConfig, MeshConfigReplace, MeshServiceBalancer, MeshServiceBalancerReplace, MeshTracingEnable, MeshTracingState } from './mesh-config.dto.js'; // prettier-ignore
import { MeshSettingsRepository } from './mesh-settings.repository.js';
import { CONFIG, balancerSetting, tracingOf } from './setting-values.js';

/** What holds for the mesh as a whole, and for services wherever they are a destination. */
@Injectable()
export class MeshConfigs {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: MeshSettingsRepository,
    private readonly kindEntries: KindEntriesService,
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
  async trace(enabled: boolean, { sample_percent, per_second }: MeshTracingEnable = {}): Promise<MeshTracingState> {
    const { value } = await this.put(CONFIG, (before) => {
      const { tracing, ...rest } = (before ?? {}) as MeshConfigReplace;
      const share = sample_percent ?? tracing?.sample_percent;
      const most = per_second ?? tracing?.per_second;
      const shares = { ...(share != null && { sample_percent: share }), ...(most != null && { per_second: most }) };
      return { ...rest, tracing: { enabled, ...shares } };
    });
    // Of what was written, not of what this process knows: another one may have written since.
    const { samplePercent, perSecond } = tracingOf(value as MeshConfigReplace);
    return { enabled, sample_percent: samplePercent, per_second: perSecond };
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
      const before = await this.repository.lock(name);
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
