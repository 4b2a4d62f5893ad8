import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

export const COST = 'registry:cost';

/** What a request of this route (or of every route of a controller) takes from its key's quota; 1 where nothing is said. */
export const Cost = (units: number): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(COST, units), ApiExtension('x-cost', units));
