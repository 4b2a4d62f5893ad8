import { Injectable } from '@nestjs/common';
import type { EntryDraft } from '../../entries/entry-draft.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks, Probe } from '../../entries/kind/kind-hooks.js';
import { EntrySecrets } from '../../entries/secrets/entry-secrets.js';
import { MASK } from '../../entries/secrets/secret-fields.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { checkOf, connectionProblem } from './connection-string.js';

const PROBE = { interval: 30, timeout: 5, unhealthyAfter: 3, healthyAfter: 2 };

@Injectable()
@HooksFor('component')
export class ComponentHooks implements KindHooks {
  constructor(private readonly secrets: EntrySecrets) {}

  /** A connection string that stays while the provider changes was checked for another one. */
  async beforeSave({ spec }: EntryDraft, before?: EntryRow): Promise<void> {
    if (!before || spec.connection_string !== MASK || spec.provider === before.spec.provider) return;
    const stored = await this.secrets.plain(before, 'connection_string');
    const problem = stored && connectionProblem(stored, spec.provider);
    if (problem) throw InvalidError.field('connection_string', problem);
  }

  /** Only `target` has the connection string in the clear: it is to be kept nowhere. */
  async probeOf(row: EntryRow): Promise<Probe | undefined> {
    if (row.spec.connection_string !== MASK) return undefined;
    const text = await this.secrets.plain(row, 'connection_string');
    const check = text === undefined ? undefined : checkOf(text, String(row.spec.provider));
    return check && { ...check, ...PROBE };
  }
}
