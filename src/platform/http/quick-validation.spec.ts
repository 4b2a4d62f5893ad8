import 'reflect-metadata';
import { IntersectionType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsOptional, ValidateNested } from 'class-validator';
import { EnumField, ObjectField, TextField, TextListField } from './fields.js';
import { quicklyValidated } from './quick-validation.js';
import { validated } from './validation.pipe.js';

class Named {
  @TextField({ required: true, max: 5, lowerCase: true }) name: string;
}
class Rest {
  @EnumField(['red', 'blue']) colour?: string;
  @TextListField({ most: 2, max: 3 }) tags?: string[];
  @ObjectField() data?: object;
}
class Whole extends IntersectionType(Named, Rest) {}
class Nested {
  @IsOptional()
  @ValidateNested()
  @Type(() => Named)
  named?: Named;
}

describe('quicklyValidated', () => {
  it('makes the instance the libraries would make', () => {
    const data = { name: ' ABC ', colour: 'RED', tags: ['a'], data: { deep: [1] } };
    const quick = quicklyValidated(Whole, data);
    expect(quick).toBeInstanceOf(Whole);
    expect(quick).toEqual({ name: 'abc', colour: 'red', tags: ['a'], data: { deep: [1] } });
  });

  it('knows classes that are mapped from others', () => {
    expect(quicklyValidated(PartialType(Whole), {})).toEqual({});
    expect(quicklyValidated(Whole, {})).toBeUndefined();
  });

  it.each([
    { name: 'toolong' },
    { name: 'a', colour: 'green' },
    { name: 'a', tags: ['long'] },
    { name: 'a', tags: 'a' },
    { name: 'a', data: [] },
    { name: 'a', other: 1 },
    { name: 1 },
  ])('leaves %j to the libraries, which name what is wrong', (data) => {
    expect(quicklyValidated(Whole, data)).toBeUndefined();
    expect(() => validated(Whole, data)).toThrow(
      expect.objectContaining({ status: 400, errors: expect.arrayContaining([expect.anything()]) }),
    );
  });

  it('takes null for an optional field', () => {
    expect(quicklyValidated(Whole, { name: 'a', colour: null, tags: null })).toEqual({
      name: 'a',
      colour: null,
      tags: null,
    });
  });

  it('leaves nested classes to the libraries', () => {
    expect(quicklyValidated(Nested, { named: { name: 'a' } })).toBeUndefined();
    expect(validated(Nested, { named: { name: 'A' } })).toEqual({ named: { name: 'a' } });
  });
});
