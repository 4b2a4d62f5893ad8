import { EnumField, TextField } from '../../../platform/http/fields.js';
import { PercentageField } from '../definition/flag-fields.js';
import { ENVIRONMENT_NAME } from '../definition/flag-settings.dto.js';
import { ROLLOUT_STRATEGIES } from '../engine/flag-definition.js';
import type { RolloutStrategy } from '../engine/flag-definition.js';

const ENVIRONMENT = {
  min: 1,
  max: 64,
  lowerCase: true,
  pattern: ENVIRONMENT_NAME,
  rule: 'must be a name of letters, digits and ._-, not constructor or prototype',
  description: 'Only there; where no environment says otherwise when left out.',
  example: 'production',
};

export class FlagRolloutChange {
  @PercentageField({ required: true, description: 'How many have it from now on.', example: 25 }) percentage: number;
  @EnumField(ROLLOUT_STRATEGIES, {
    description: 'As it is when left out; of one that is instant: gradual.',
    example: 'gradual',
  })
  strategy?: RolloutStrategy | null;
  @TextField(ENVIRONMENT) environment?: string | null;
}

export class FlagPause {
  @TextField({ max: 1000, description: 'Told in answers.', example: 'Support sees more complaints.' })
  reason?: string | null;
  @TextField(ENVIRONMENT) environment?: string | null;
}

export class FlagResume {
  @TextField(ENVIRONMENT) environment?: string | null;
}
