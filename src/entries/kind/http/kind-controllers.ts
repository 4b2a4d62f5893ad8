import type { Type } from '@nestjs/common';
import type { Kind } from '../kind.js';
import { healthController } from './health.controller.js';
import { kindChangeController } from './kind-change.controller.js';
import { kindReadController } from './kind-read.controller.js';
import { kindRegisterController } from './kind-register.controller.js';
import { lifecycleController } from './lifecycle.controller.js';

/** A kind's controllers. Routes with fixed words stand before `:id`. */
export const kindControllers = (kind: Kind): Type[] => [
  kindReadController(kind),
  kindRegisterController(kind),
  kindChangeController(kind),
  lifecycleController(kind),
  healthController(kind),
];
