import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';

export const PERMISSION = 'registry:permission';
/** Stated by routes that need no credential. A route that states neither this nor a permission stops the start. */
export const PUBLIC = 'public';

/**
 * States what a route (or every route of a controller) asks of its caller: `read:<area>`, `write:<area>`,
 * `admin:<area>`. The gateway's guard enforces it; OpenAPI shows it as `x-permission`.
 */
export const Permission = (permission: `${'read' | 'write' | 'admin'}:${string}`): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(PERMISSION, permission),
    ApiExtension('x-permission', permission),
    ApiSecurity('api_key'),
    ApiSecurity('bearer'),
  );

/** Opens a route to everyone: health, docs, JWKS. */
export const Public = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(PERMISSION, PUBLIC), ApiExtension('x-permission', PUBLIC));
