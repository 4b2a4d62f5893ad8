import type { Type } from '@nestjs/common';
import type { Kind } from '../kind.js';
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

/** A kind's controllers. Routes with fixed words stand before `:id`. */
export const kindControllers = (kind: Kind): Type[] => [
  kindTransferController(kind),
  kindStatsController(kind),
  kindReadController(kind),
  kindRegisterController(kind),
  kindChangeController(kind),
  lifecycleController(kind),
  kindLogsController(kind),
  kindMetricsController(kind),
  kindConfigController(kind),
  kindDependenciesController(kind),
  kindDependentsController(kind),
  kindEventsController(kind),
];
