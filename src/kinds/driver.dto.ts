import { EnumField, IntegerField, TextField } from '../platform/http/fields.js';

export const DRIVERS = ['manual', 'webhook', 'kubernetes'] as const;
export const WORKLOADS = ['deployment', 'statefulset'] as const;

/** How install, start, stop, restart and scale reach the running thing. */
export class DriverSettings {
  @EnumField(DRIVERS, {
    required: true,
    description:
      'manual records the state only; webhook calls the controller at `url`; kubernetes acts on a workload of the cluster.',
    example: 'manual',
  })
  type: (typeof DRIVERS)[number];

  @TextField({ max: 2048, description: 'Of a webhook.', example: 'https://controller.example.com/hooks/registry' })
  url?: string | null;

  @IntegerField({ min: 1, max: 3600, description: 'What is not reported done by then has failed.', example: 60 })
  timeout_seconds?: number | null;

  @EnumField(WORKLOADS, { description: 'Of kubernetes.', example: 'deployment' })
  workload?: (typeof WORKLOADS)[number] | null;

  @TextField({ max: 253, description: "The workload's name; the entry's own when left out.", example: 'checkout' })
  workload_name?: string | null;

  @TextField({ max: 63, example: 'shop' })
  namespace?: string | null;
}
