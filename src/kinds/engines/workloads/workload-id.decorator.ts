import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { engineKind } from '../engine.kind.js';

export const EngineId = (): MethodDecorator => KindId(engineKind);

/** Documents the ids of a workload's path. */
export const WorkloadId = (): MethodDecorator =>
  applyDecorators(EngineId(), ApiParam({ name: 'wid', example: '0192f0c1-7c3a-7a10-9d5e-0242ac120002' }));
