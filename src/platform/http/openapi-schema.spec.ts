import { exampleOf, schema31 } from './openapi-schema.js';

describe('a schema in the words of OpenAPI 3.1', () => {
  it.each([
    ['a nullable type', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      'a nullable enum',
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ['a nullable reference', { $ref: '#/x', nullable: true }, { anyOf: [{ $ref: '#/x' }, { type: 'null' }] }],
    [
      'a nullable reference in allOf',
      { allOf: [{ $ref: '#/x' }], nullable: true, description: 'd' },
      { anyOf: [{ $ref: '#/x' }, { type: 'null' }], description: 'd' },
    ],
    ['what is not nullable', { type: 'string', nullable: false }, { type: 'string' }],
    [
      'an exclusive bound',
      { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: false },
      { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    ],
    ['an example', { type: 'integer', example: 0 }, { type: 'integer', examples: [0] }],
    [
      'nested schemas',
      {
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'string', nullable: true } } },
        additionalProperties: { example: 1 },
      },
      {
        type: 'object',
        properties: { a: { type: 'array', items: { type: ['string', 'null'] } } },
        additionalProperties: { examples: [1] },
      },
    ],
    [
      'a property called example',
      { type: 'object', properties: { example: { type: 'string' } } },
      { type: 'object', properties: { example: { type: 'string' } } },
    ],
    ['true', true, true],
  ])('says %s', (_, from, to) => {
    expect(schema31(from)).toEqual(to);
  });
});

describe('the example of a schema', () => {
  const components = {
    Dog: {
      type: 'object',
      properties: {
        name: { type: 'string', examples: ['Rex'] },
        owner: { anyOf: [{ $ref: '#/components/schemas/Person' }, { type: 'null' }] },
      },
    },
    Person: {
      type: 'object',
      properties: {
        name: { type: 'string', examples: ['Ada'] },
        dogs: { type: 'array', items: { $ref: '#/components/schemas/Dog' } },
      },
    },
  };

  it('is put together from those of its parts', () => {
    expect(exampleOf({ $ref: '#/components/schemas/Dog' }, components)).toMatchObject({
      name: 'Rex',
      owner: { name: 'Ada' },
    });
    expect(exampleOf({ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }, {})).toEqual(['a']);
  });

  it('is missing where nothing is known', () => {
    expect(exampleOf({ type: 'string' }, {})).toBeUndefined();
    expect(exampleOf({ $ref: '#/components/schemas/Nobody' }, {})).toBeUndefined();
  });
});
