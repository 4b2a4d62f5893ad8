import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface ClassificationRuleRow {
  id: string;
  match: string;
  feature: string;
  confidence: number;
  priority: number;
  created_at: Date;
}

export type NewClassificationRule = Pick<ClassificationRuleRow, 'match' | 'feature' | 'confidence' | 'priority'>;

const COLUMNS = 'id, match, feature, confidence, priority, created_at';

@Injectable()
export class ClassificationRuleRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** In the order they are tried. */
  list(): Promise<ClassificationRuleRow[]> {
    return this.uow.query<ClassificationRuleRow & object>(
      `SELECT ${COLUMNS} FROM classification_rule ORDER BY priority DESC, confidence DESC, created_at, id`,
    );
  }

  async insert(rule: NewClassificationRule): Promise<ClassificationRuleRow> {
    const rows = await this.uow.query<ClassificationRuleRow & object>(
      `INSERT INTO classification_rule (id, match, feature, confidence, priority) VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
      [uuidv7(), rule.match, rule.feature, rule.confidence, rule.priority],
    );
    return rows[0];
  }

  /** The rule that was; undefined when there was none. */
  async delete(id: string): Promise<ClassificationRuleRow | undefined> {
    const rows = await this.uow.query<ClassificationRuleRow & object>(
      `DELETE FROM classification_rule WHERE id = $1 RETURNING ${COLUMNS}`,
      [id],
    );
    return rows[0];
  }
}
