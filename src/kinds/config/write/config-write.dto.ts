import { IntersectionType } from '@nestjs/swagger';
import { TextField } from '../../../platform/http/fields.js';
import { configKind } from '../config.kind.js';

class NamedByKey {
  @TextField({ min: 1, max: 132, description: 'The same as `name`, with or without `cfg_`.', example: 'db.pool.size' })
  key?: string | null;
}

export class ConfigNew extends IntersectionType(configKind.classes.create, NamedByKey) {}
