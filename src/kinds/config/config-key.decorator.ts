import { ApiParam } from '@nestjs/swagger';

/** Documents the `id` of a path of configuration. */
export const ConfigKey = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    type: String,
    description: 'Key, with or without `cfg_`; `cfg_<key>@<scope>:<scope_id>` or an id for the value of one scope.',
    example: 'cfg_db.pool.size',
  });
