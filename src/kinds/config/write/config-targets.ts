import { Injectable } from '@nestjs/common';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { configKind } from '../config.kind.js';
import { ConfigWriter } from './config-writer.js';
import type { ConfigTarget } from './config-target.js';
import type { PlaceOfWrite } from './config-writer.js';

/** Turns what a path and its query name into a key and a scope, an id included. */
@Injectable()
export class ConfigTargets {
  constructor(
    private readonly writer: ConfigWriter,
    private readonly kindEntries: KindEntriesService,
  ) {}

  /** @throws NotFoundError for an id that is none of a value */
  async placeOf(text: string, query: PlaceOfWrite): Promise<ConfigTarget> {
    const target = this.writer.targetOf(text, query);
    if (!target.uid) return target;
    const { name, version } = await this.kindEntries.resolve(configKind, target.uid);
    return { name, scopeText: version };
  }
}
