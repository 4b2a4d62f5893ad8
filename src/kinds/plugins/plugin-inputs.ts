import { TextField } from '../../platform/http/fields.js';

/** Body of an install. */
export class InstallInput {
  @TextField({
    min: 1,
    max: 253,
    description: 'Whose facts the system requirements are held against.',
    example: 'gpu-1.example.com',
  })
  host?: string | null;
}

/** Body of a deprecation. */
export class DeprecateInput {
  @TextField({
    min: 1,
    max: 300,
    description: 'Key, id or name of the plugin to use instead.',
    example: 'plugin_fraud-scoring@2.0.0',
  })
  successor?: string | null;
}
