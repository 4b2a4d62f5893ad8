import type { Type } from '@nestjs/common';
import { driverSecretController } from '../../drivers/http/driver-secret.controller.js';
import { operationsController } from '../../drivers/http/operations.controller.js';
import type { Kind } from '../kind.js';
import { healthController } from './health.controller.js';
import { kindChangeController } from './kind-change.controller.js';
import { kindConfigController } from './kind-config.controller.js';
import { kindDependenciesController } from './kind-dependencies.controller.js';
import { kindDependentsController } from './kind-dependents.controller.js';
import { kindEventsController } from './kind-events.controller.js';
import { kindLogsController } from './kind-logs.controller.js';
import { kindMetricsController } from './kind-metrics.controller.js';
import { kindReadController } from './kind-read.controller.js';
import { kindRegisterController } from './kind-register.controller.js';
import { kindStatsController } from './kind-stats.controller.js';
import { kindTransferController } from './kind-transfer.controller.js';
import { lifecycleController } from './lifecycle.controller.js';

type ControllerFactory = (kind: Kind) => Type;

/** Routes with fixed words stand before `:id`. */
const FACTORIES: readonly ControllerFactory[] = [
  kindStatsController,
  kindTransferController,
  kindReadController,
  kindRegisterController,
  kindChangeController,
  lifecycleController,
  healthController,
  kindLogsController,
  kindMetricsController,
  kindConfigController,
  kindDependenciesController,
  kindDependentsController,
  kindEventsController,
];

/** For kinds with a transition that acts on the running thing. */
const DRIVEN: readonly ControllerFactory[] = [operationsController, driverSecretController];

const isDriven = ({ lifecycle }: Kind): boolean => Object.values(lifecycle.transitions).some(({ driven }) => driven);

/** A kind's controllers, but for those of the factories it replaces by controllers of its own. */
export const kindControllers = (kind: Kind, without: readonly ControllerFactory[] = []): Type[] =>
  [...FACTORIES, ...(isDriven(kind) ? DRIVEN : [])]
    .filter((factory) => !without.includes(factory))
    .map((factory) => factory(kind));
