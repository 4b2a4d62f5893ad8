import { Module } from '@nestjs/common';
import { kindControllers } from '../../src/entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../src/entries/kind/kind-catalog.js';
import { defineKind } from '../../src/entries/kind/kind.js';
import { EnumField, IntegerField, TextField } from '../../src/platform/http/fields.js';

export class NodeSpec {
  @EnumField(['compute', 'storage'], { required: true, example: 'compute' }) type: string;
  @TextField({ required: true, max: 253, example: 'n1.example.com' }) host: string;
  @IntegerField({ min: 1, max: 65_535, example: 9000 }) port?: number | null;
}

/** A kind to throw away: one value and a module are all it takes. */
export const nodeKind = defineKind({
  name: 'grid_node',
  title: 'StandInNode',
  plural: 'StandInNodes',
  path: 'stand-in/nodes',
  prefix: 'node',
  spec: NodeSpec,
  defaults: { port: 9000 },
  filters: ['type'],
  example: { name: 'n1', type: 'compute', host: 'n1.example.com' },
  lifecycle: {
    initial: 'pending',
    states: ['pending', 'active', 'draining', 'drained', 'inactive'],
    transitions: {
      activate: { from: ['pending', 'inactive', 'drained'], to: 'active', aliases: ['enable'], summary: 'Activate' },
      drain: { from: ['active'], to: 'draining', summary: 'Let no more work in' },
      deactivate: { from: ['active', 'draining'], to: 'inactive', aliases: ['disable'], summary: 'Deactivate' },
    },
  },
});

@Module({ controllers: kindControllers(nodeKind) })
export class NodesModule {
  constructor(catalog: KindCatalog) {
    catalog.add(nodeKind);
  }
}
