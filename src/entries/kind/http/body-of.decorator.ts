import { Body, Query } from '@nestjs/common';
import type { Type } from '@nestjs/common';

/** The class of a parameter that is only known at run time: the pipe checks against it and OpenAPI shows it. */
function typed(decorator: ParameterDecorator, type: Type<object>): ParameterDecorator {
  return (target, key, index) => {
    decorator(target, key, index);
    const types = [...((Reflect.getMetadata('design:paramtypes', target, key!) as unknown[] | undefined) ?? [])];
    types[index] = type;
    Reflect.defineMetadata('design:paramtypes', types, target, key!);
  };
}

export const BodyOf = (type: Type<object>): ParameterDecorator => typed(Body(), type);
export const QueryOf = (type: Type<object>): ParameterDecorator => typed(Query(), type);
