import { ValidateBy } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { EnumField, IntegerField, TextField } from '../platform/http/fields.js';

export const DRIVERS = ['manual', 'webhook', 'kubernetes'] as const;
export const WORKLOADS = ['deployment', 'statefulset'] as const;

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

const NeedsUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'needsUrl',
    validator: {
      validate: (type, given?: ValidationArguments) =>
        type !== 'webhook' || Boolean((given?.object as DriverSettings | undefined)?.url),
      defaultMessage: () => '$property webhook needs a url beside it',
    },
  });

/** How install, start, stop, restart and scale reach the running thing. */
export class DriverSettings {
  @EnumField(DRIVERS, {
    required: true,
    description:
      'manual records the state only; webhook calls the controller at `url`; kubernetes acts on a workload of the cluster.',
    example: 'manual',
  })
  @NeedsUrl()
  type: (typeof DRIVERS)[number];

  @TextField({
    max: 2048,
    pattern: /^https?:\/\/[^\s/@]+(\/\S*)?$/i,
    rule: 'must be an http or https URL without a user in it',
    description: 'Of a webhook: where its controller is asked.',
    example: 'https://controller.example.com/hooks/registry',
  })
  url?: string | null;

  @IntegerField({ min: 1, max: 3600, description: 'What is not reported done by then has failed.', example: 60 })
  timeout_seconds?: number | null;

  @EnumField(WORKLOADS, { description: 'Of kubernetes.', example: 'deployment' })
  workload?: (typeof WORKLOADS)[number] | null;

  @TextField({
    max: 253,
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    rule: 'must be a name as Kubernetes writes it',
    description: "The workload's name; the entry's own when left out.",
    example: 'checkout',
  })
  workload_name?: string | null;

  @TextField({
    max: 63,
    pattern: new RegExp(`^${LABEL}$`),
    rule: 'must be a name as Kubernetes writes it',
    example: 'shop',
  })
  namespace?: string | null;
}
