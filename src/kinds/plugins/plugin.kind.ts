import { NAME_PATTERN } from '../../entries/entry-key.js';
import { NAME_RULE } from '../../entries/http/entry.dto.js';
import { defineKind } from '../../entries/kind/kind.js';
import {
  BooleanField,
  EnumField,
  IntegerField,
  NestedField,
  ObjectField,
  TextField,
  TextListField,
} from '../../platform/http/fields.js';
import { PROTOCOLS } from '../services/service.kind.js';
import { DeprecateInput, InstallInput } from './plugin-inputs.js';
import { EachReads } from './each-reads.decorator.js';
import { pluginConstraint } from './resolution/plugin-constraint.js';
import { systemRequirement } from './resolution/system-requirement.js';

export class PluginCapabilities {
  @TextListField({ most: 500, max: 512, example: ['/api/v1/predict'] }) api_endpoints?: string[] | null;
  @TextListField({ most: 500, max: 256, example: ['model.trained'] }) events?: string[] | null;
  @TextListField({ most: 500, max: 256, example: ['train'] }) commands?: string[] | null;
}

export class PluginDependencies {
  @TextListField({
    most: 200,
    max: 512,
    description: 'Names of plugins with ranges of versions: `name`, `name@^1.2`, `name ~1.2 || ^2`.',
    example: ['tensorflow-svc>=2.0.0,<3.0.0'],
  })
  @EachReads(pluginConstraint)
  plugins?: string[] | null;
  @TextListField({ most: 100, max: 512, description: 'What the host must offer.', example: ['python>=3.10'] })
  @EachReads(systemRequirement)
  system?: string[] | null;
}

export class PluginMeshIntegration {
  @TextField({
    max: 128,
    lowerCase: true,
    pattern: NAME_PATTERN,
    rule: NAME_RULE,
    description: 'Activation registers the service `svc_<service_name>` and the route `route_<service_name>`.',
    example: 'fraud-scoring',
  })
  service_name?: string | null;
  @IntegerField({ min: 1, max: 65535, example: 8080 }) port?: number | null;
  @EnumField(PROTOCOLS, { example: 'http' }) protocol?: (typeof PROTOCOLS)[number] | null;
  @BooleanField({ example: true }) sidecar?: boolean | null;
  @IntegerField({ min: 0, max: 1000, example: 2 }) replicas?: number | null;
  @ObjectField({ example: { timeout_ms: 2000 } }) traffic_rules?: Record<string, unknown> | null;
}

export class PluginSpec {
  @TextField({ max: 256, example: 'Fraud scoring' }) display_name?: string | null;
  @TextField({ max: 256, example: 'team-payments' }) author?: string | null;
  @TextField({ max: 128, description: 'An SPDX expression.', example: 'Apache-2.0' }) license?: string | null;
  @TextField({ max: 2048, example: 'https://git.example.com/payments/fraud' }) repository?: string | null;
  @TextField({ max: 2048, example: 'shield' }) icon?: string | null;
  @NestedField(() => PluginCapabilities) capabilities?: PluginCapabilities | null;
  @NestedField(() => PluginDependencies) dependencies?: PluginDependencies | null;
  @NestedField(() => PluginMeshIntegration) mesh_integration?: PluginMeshIntegration | null;
  @TextField({
    max: 300,
    description: 'Key of the plugin to use instead, given when this one is deprecated.',
    example: 'plugin_fraud-scoring@2.0.0',
  })
  successor?: string | null;
  @ObjectField({ description: 'For the dashboard.', example: { menu: 'Fraud' } }) ui?: Record<string, unknown> | null;
}

export const pluginKind = defineKind({
  name: 'plugin',
  title: 'Plugin',
  plural: 'Plugins',
  path: 'plugins',
  prefix: 'plugin',
  spec: PluginSpec,
  versions: 'semver',
  example: {
    name: 'fraud-scoring',
    version: '1.0.0',
    license: 'Apache-2.0',
    dependencies: { plugins: [], system: ['python>=3.10'] },
  },
  lifecycle: {
    initial: 'registered',
    states: ['registered', 'installed', 'active', 'inactive', 'deprecated', 'failed'],
    transitions: {
      install: {
        from: ['registered', 'failed'],
        to: 'installed',
        input: InstallInput,
        summary: 'Install a plugin, its dependencies resolved',
      },
      activate: { from: ['installed', 'inactive'], to: 'active', aliases: ['enable'], summary: 'Activate a plugin' },
      deactivate: { from: ['active'], to: 'inactive', aliases: ['disable'], summary: 'Deactivate a plugin' },
      deprecate: {
        from: ['registered', 'installed', 'active', 'inactive'],
        to: 'deprecated',
        input: DeprecateInput,
        summary: 'Deprecate a plugin',
      },
      uninstall: {
        from: ['installed', 'inactive', 'deprecated', 'failed'],
        to: 'registered',
        summary: 'Uninstall a plugin',
      },
    },
  },
});
