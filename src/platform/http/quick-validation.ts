import { createRequire } from 'node:module';
import type { Type } from '@nestjs/common';
import { ValidationTypes, getMetadataStorage } from 'class-validator';
import type { ValidationArguments } from 'class-validator';

type Fields = Record<string, unknown>;
interface Rule {
  validate(value: unknown, context: ValidationArguments): boolean | Promise<boolean>;
  each: boolean;
  constraints: unknown[];
}
type Transformer = (params: { value: unknown; key: string; obj: object; type: number; options: object }) => unknown;
interface Field {
  name: string;
  /** Whether the field's rules count: `IsOptional` and its like. */
  conditions: ((object: object, value: unknown) => boolean)[];
  transformers: Transformer[];
  rules: Rule[];
}

interface TransformStorage {
  findTransformMetadatas(target: object, property: string, type: number): { transformFn: Transformer }[];
  getExposedProperties(target: object, type: number): string[];
  getExcludedProperties(target: object, type: number): string[];
  findTypeMetadata(target: object, property: string): unknown;
}

const PLAIN_TO_CLASS = 0;
// The package offers its metadata by no other way; Nest's mapped types read it here too.
const { defaultMetadataStorage } = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
  defaultMetadataStorage: TransformStorage;
};
const plans = new WeakMap<object, Map<string, Field> | null>();

/**
 * What plainToInstance and validateSync make of valid data, at a twentieth of their cost: the same transformers and
 * constraints, read from the libraries' own metadata once per class. Undefined means "ask the libraries": the data is
 * wrong somewhere, or the class has what this does not know (nested classes, groups, asynchronous rules).
 */
export function quicklyValidated<T extends object>(type: Type<T>, value: object): T | undefined {
  let plan = plans.get(type);
  if (plan === undefined) plans.set(type, (plan = planOf(type)));
  if (plan === null) return undefined;
  const instance = new type() as T & Fields;
  for (const name of Object.keys(value)) {
    const field = plan.get(name);
    if (!field) return undefined;
    let one = (value as Fields)[name];
    for (const transform of field.transformers)
      one = transform({ value: one, key: name, obj: value, type: PLAIN_TO_CLASS, options: {} });
    (instance as Fields)[name] = one;
  }
  for (const field of plan.values()) if (!holds(field, instance, type)) return undefined;
  return instance;
}

function holds(field: Field, instance: Fields, type: Type): boolean {
  const value = instance[field.name];
  if (!field.conditions.every((condition) => condition(instance, value))) return true;
  return field.rules.every((rule) => {
    const context: ValidationArguments = {
      value,
      constraints: rule.constraints,
      targetName: type.name,
      object: instance,
      property: field.name,
    };
    if (!rule.each) return rule.validate(value, context) === true;
    return Array.isArray(value) && value.every((item) => rule.validate(item, context) === true);
  });
}

function planOf(type: Type): Map<string, Field> | null {
  if (defaultMetadataStorage.getExposedProperties(type, PLAIN_TO_CLASS).length > 0) return null;
  if (defaultMetadataStorage.getExcludedProperties(type, PLAIN_TO_CLASS).length > 0) return null;
  const storage = getMetadataStorage();
  const plan = new Map<string, Field>();
  for (const metadata of storage.getTargetValidationMetadatas(type, '', false, false)) {
    const name = metadata.propertyName;
    if (metadata.groups?.length || defaultMetadataStorage.findTypeMetadata(type, name)) return null;
    const field = plan.get(name) ?? newField(type, name);
    plan.set(name, field);
    if (metadata.type === ValidationTypes.CONDITIONAL_VALIDATION)
      field.conditions.push(metadata.constraints[0] as Field['conditions'][number]);
    else if (metadata.type === ValidationTypes.CUSTOM_VALIDATION && !metadata.validateIf) {
      for (const constraint of storage.getTargetValidatorConstraints(metadata.constraintCls)) {
        if (constraint.async) return null;
        field.rules.push({
          validate: constraint.instance.validate.bind(constraint.instance),
          each: metadata.each,
          constraints: metadata.constraints,
        });
      }
    } else if (metadata.type !== ValidationTypes.WHITELIST) return null;
  }
  return plan;
}

const newField = (type: Type, name: string): Field => ({
  name,
  conditions: [],
  rules: [],
  transformers: defaultMetadataStorage
    .findTransformMetadatas(type, name, PLAIN_TO_CLASS)
    .map(({ transformFn }) => transformFn),
});
