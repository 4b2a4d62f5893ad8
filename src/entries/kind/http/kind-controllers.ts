import type { Type } from '@nestjs/common';
import type { Kind } from '../kind.js';
import { kindChangeController } from './kind-change.controller.js';
import { kindReadController } from './kind-read.controller.js';
import { kindRegisterController } from './kind-register.controller.js';
import { lifecycleController } from './lifecycle.controller.js';

type ControllerFactory = (kind: Kind) => Type;

/** Routes with fixed words stand before `:id`. */
const FACTORIES: readonly ControllerFactory[] = [
  kindReadController,
  kindRegisterController,
  kindChangeController,
  lifecycleController,
];

/** A kind's controllers, but for those of the factories it replaces by controllers of its own. */
export const kindControllers = (kind: Kind, without: readonly ControllerFactory[] = []): Type[] =>
  FACTORIES.filter((factory) => !without.includes(factory)).map((factory) => factory(kind));
