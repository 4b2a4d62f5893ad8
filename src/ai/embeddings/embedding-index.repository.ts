import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export type Slot = 0 | 1;

/** One of the two places for a model's vectors. */
export interface EmbeddingIndex {
  slot: Slot;
  model: string;
  /** `filling` until it has every entry, then `serving`; `retired` when another serves and it is not emptied yet. */
  state: 'filling' | 'serving' | 'retired';
  /** Inside id up to which all entries have been looked at. */
  filledTo: string;
}

interface IndexRow {
  slot: Slot;
  model: string | null;
  state: EmbeddingIndex['state'] | 'empty';
  filled_to: string;
}

const ALL = 'SELECT slot, model, state, filled_to FROM embedding_index';
/** How long searches that began before a change of index may still read the old one. */
const GRACE_SECONDS = 60;

const indexOf = ({ slot, model, state, filled_to }: IndexRow): EmbeddingIndex[] =>
  model === null || state === 'empty' ? [] : [{ slot, model, state, filledTo: filled_to }];

/** Which model's vectors lie in which slot, and how whole they are. */
@Injectable()
export class EmbeddingIndexRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Those that are not empty. */
  async list(): Promise<EmbeddingIndex[]> {
    const rows = await this.uow.query<IndexRow>(`${ALL} ORDER BY slot`, [], 'embedding-indexes');
    return rows.flatMap(indexOf);
  }

  async serving(): Promise<EmbeddingIndex | undefined> {
    return (await this.list()).find(({ state }) => state === 'serving');
  }

  /** Sees to it that the model has a slot: the one it has, or the one that does not serve, emptied. */
  claim(model: string): Promise<void> {
    return this.uow.run(async () => {
      const rows = await this.uow.query<IndexRow>(`${ALL} ORDER BY slot FOR UPDATE`);
      if (rows.some((row) => row.model === model && row.state !== 'retired')) return;
      const { slot } = rows.find((row) => row.model === model) ?? rows.find((row) => row.state !== 'serving')!;
      await this.uow.query(`UPDATE embedding_index SET state = 'empty', model = NULL WHERE slot = $1`, [slot]);
      await this.uow.query('SELECT embedding_slot_clear($1::smallint)', [slot]);
      await this.uow.query(
        `UPDATE embedding_index SET model = $2, state = 'filling', filled_to = 0, changed_at = clock_timestamp()
         WHERE slot = $1`,
        [slot, model],
      );
    });
  }

  /** Entries up to this id have been looked at, unless the slot went to another model or was set back meanwhile. */
  async advance({ slot, model, filledTo }: EmbeddingIndex, upTo: string): Promise<void> {
    await this.uow.query(
      'UPDATE embedding_index SET filled_to = $4 WHERE slot = $1 AND model = $2 AND filled_to = $3',
      [slot, model, filledTo, upTo],
      'embedding-advance',
    );
  }

  /** Entries from this id on have changed while nobody could follow: they are to be looked at again. */
  async setBack({ slot, model }: EmbeddingIndex, firstChanged: string): Promise<void> {
    await this.uow.query(
      'UPDATE embedding_index SET filled_to = $3::bigint - 1 WHERE slot = $1 AND model = $2 AND filled_to >= $3::bigint',
      [slot, model, firstChanged],
    );
  }

  /** From now on searches ask this one. */
  serve({ slot, model }: EmbeddingIndex): Promise<void> {
    return this.uow.run(async () => {
      const rows = await this.uow.query<IndexRow>(`${ALL} ORDER BY slot FOR UPDATE`);
      if (!rows.some((row) => row.slot === slot && row.model === model && row.state === 'filling')) return;
      const change = 'UPDATE embedding_index SET changed_at = clock_timestamp(), state';
      await this.uow.query(`${change} = 'retired' WHERE slot <> $1 AND state = 'serving'`, [slot]);
      await this.uow.query(`${change} = 'serving' WHERE slot = $1`, [slot]);
    });
  }

  /** Empties what was retired long enough ago. */
  clearRetired(graceSeconds = GRACE_SECONDS): Promise<void> {
    return this.uow.run(async () => {
      const rows = await this.uow.query<IndexRow>(
        `UPDATE embedding_index SET state = 'empty', model = NULL
         WHERE state = 'retired' AND changed_at <= clock_timestamp() - make_interval(secs => $1) RETURNING slot`,
        [graceSeconds],
      );
      for (const { slot } of rows) await this.uow.query('SELECT embedding_slot_clear($1::smallint)', [slot]);
    });
  }
}
