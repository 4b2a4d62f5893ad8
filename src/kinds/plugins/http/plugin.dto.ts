import { ApiProperty } from '@nestjs/swagger';
import { EntrySummary } from '../../../entries/http/entry.dto.js';
import { NestedField, Shown, TextField } from '../../../platform/http/fields.js';
import { PluginMeshIntegration } from '../plugin.kind.js';

const KEY = 'plugin_fraud-scoring@1.0.0';
const STORE = 'plugin_feature-store@1.4.2';

export class ResolutionQuery {
  @TextField({
    min: 1,
    max: 253,
    description: 'Whose facts the system requirements are held against.',
    example: 'gpu-1.example.com',
  })
  host?: string | null;
}

export class ResolutionRequest {
  @Shown(KEY, { description: 'Who asks.' }) by: string;
  @Shown('feature-store>=1.2.0,<2.0.0') constraint: string;
}

export class ResolvedPlugin {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown(STORE) key: string;
  @Shown('feature-store') name: string;
  @Shown('1.4.2') version: string;
  @Shown('registered') status: string;
  @Shown('install', { enum: ['install', 'keep'], description: '`keep`: it is there already.' }) action: string;
  @ApiProperty({
    type: [ResolutionRequest],
    example: [{ by: KEY, constraint: 'feature-store>=1.2.0,<2.0.0' }],
  })
  requested_by: ResolutionRequest[];
}

export class SystemVerdict {
  @Shown('python>=3.10') requirement: string;
  @Shown([KEY], { type: [String] }) requested_by: string[];
  @Shown('3.11.2', { type: String, nullable: true, description: 'What the host reported.' }) found: string | null;
  @Shown(true, { type: Boolean, nullable: true, description: 'null: no host has reported anything.' })
  met: boolean | null;
}

export class PluginResolution {
  @Shown(KEY) plugin: string;
  @Shown([STORE, KEY], { type: [String], description: 'In the order of installation.' }) order: string[];
  @ApiProperty({ type: [ResolvedPlugin] }) plan: ResolvedPlugin[];
  @ApiProperty({ type: [SystemVerdict] }) system: SystemVerdict[];
  @Shown('gpu-1.example.com', { type: String, nullable: true, description: 'Whose facts were looked at.' })
  host: string | null;
  @Shown(['plugin_feature-store@1.4.2 is deprecated; plugin_feature-store@2.0.0 takes its place.'], { type: [String] })
  warnings: string[];
}

export class MeshLink {
  @Shown(KEY) source_key: string;
  @Shown('provides') type: string;
  @Shown('svc_fraud-scoring') target_key: string;
}

class ServiceSummary extends EntrySummary {}
class RouteSummary extends EntrySummary {}

export class PluginMeshView {
  @NestedField(() => PluginMeshIntegration) mesh_integration: PluginMeshIntegration | null;
  @ApiProperty({ type: ServiceSummary, nullable: true }) service: EntrySummary | null;
  @ApiProperty({ type: RouteSummary, nullable: true }) route: EntrySummary | null;
  @ApiProperty({ type: [MeshLink] }) links: MeshLink[];
}

export class PluginManifest {
  @Shown('plugin.nexuspro.io/v1') apiVersion: string;
  @Shown('Plugin') kind: string;
  @ApiProperty({ type: Object, additionalProperties: true, example: { name: 'fraud-scoring', version: '1.0.0' } })
  metadata: Record<string, unknown>;
  @ApiProperty({
    type: Object,
    additionalProperties: true,
    example: { license: 'Apache-2.0', dependencies: { plugins: ['feature-store>=1.2.0,<2.0.0'] } },
  })
  spec: Record<string, unknown>;
}
