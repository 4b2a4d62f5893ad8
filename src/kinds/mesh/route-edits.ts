import { Injectable } from '@nestjs/common';
import { EntriesService, draftOfRow } from '../../entries/entries.service.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
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
    return withinPart(Object.keys(part), () =>
      inOwnWords(meshRouteKind.fields, part, () =>
        this.entries.revise(uid, check, (row) => ({ ...draftOfRow(row), spec: { ...row.spec, ...part } })),
      ),
    );
  }
}

/** The body is the part itself: its fields stand at the top level there. */
async function withinPart<T>(parts: readonly string[], run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof InvalidError) || !error.errors) throw error;
    const inside = (text: string): string =>
      text.replace(/^(\w+)\./, (all, part: string) => (parts.includes(part) ? '' : all));
    const errors = error.errors.map(({ field, message }) => ({ field: inside(field), message }));
    throw new InvalidError(inside(error.message), errors, error.code);
  }
}
