import { Injectable } from '@nestjs/common';
import { EntriesService, draftOfRow } from '../../entries/entries.service.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { KindEntriesService } from '../../entries/kind/kind-entries.service.js';
import { inOwnWords } from '../../entries/kind/own-words.js';
import type { MeshRouteSpec } from './mesh-route.kind.js';
import { meshRouteKind } from './mesh-route.kind.js';

/** Changes one part of a route by itself. */
@Injectable()
export class RouteEdits {
  constructor(
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntriesService,
  ) {}

  /** Takes the place of what was there, whole: what is left out of it is the default again. */
  async set(idOrKey: string, part: Partial<MeshRouteSpec>, check: (row: EntryRow) => void): Promise<EntryRow> {
    const { uid } = await this.kindEntries.resolve(meshRouteKind, idOrKey);
    return inOwnWords(meshRouteKind.fields, part, () =>
      this.entries.revise(uid, check, (row) => ({ ...draftOfRow(row), spec: { ...row.spec, ...part } })),
    );
  }
}
