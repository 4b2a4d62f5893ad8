import { Module } from '@nestjs/common';
import { MeshSpans } from '../spans.js';
import { OtlpIntake } from './otlp/otlp-intake.js';
import { OtlpFilter } from './otlp/otlp.filter.js';
import { OtlpTracesController } from './otlp/otlp-traces.controller.js';
import { ProxiedSpans } from './proxied-spans.js';
import { SpanPartitions } from './span-partitions.js';
import { SpanRepository } from './span.repository.js';
import { SpanWriter } from './span-writer.js';
import { Topology } from './topology.service.js';
import { TopologyRepository } from './topology.repository.js';
import { TraceRepository } from './trace.repository.js';
import { TracesController } from './traces.controller.js';
import { Traces } from './traces.service.js';

/** Traces of requests through the mesh and beside it. */
@Module({
  controllers: [OtlpTracesController, TracesController],
  providers: [
    OtlpFilter,
    OtlpIntake,
    SpanPartitions,
    SpanRepository,
    SpanWriter,
    Topology,
    TopologyRepository,
    TraceRepository,
    Traces,
    { provide: MeshSpans, useClass: ProxiedSpans },
  ],
  exports: [MeshSpans],
})
export class TracesModule {}
