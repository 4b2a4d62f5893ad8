import { ApiParam } from '@nestjs/swagger';
import { keyOf } from '../../entry-key.js';
import type { Kind } from '../kind.js';

/** Documents the id of an entry on its kind's path. */
export const KindId = ({ name, example }: Kind): MethodDecorator =>
  ApiParam({
    name: 'id',
    type: String,
    description: 'Id, key or name; without @version the newest version is meant.',
    example: keyOf(name, example.name, ''),
  });
