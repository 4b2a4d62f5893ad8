import { IsArray, IsBoolean, ValidateBy } from 'class-validator';
import { AllowedTargets } from '../http-client/allowed-targets.js';
import { LeakEnv } from './leak-env.js';
import { FromVariable, flag, list } from './variable.js';

const areTargets = (value: unknown): boolean =>
  Array.isArray(value) && AllowedTargets.parse(value as string[]) !== undefined;

/** The data path of the service mesh. */
export class MeshEnv extends LeakEnv {
  /** Whether requests may be sent through `/api/v1/mesh/proxy`. */
  @FromVariable('MESH_PROXY', flag, 'be true or false')
  @IsBoolean()
  readonly meshProxy: boolean = false;

  /** Besides OUTBOUND_ALLOWED_HOSTS: networks, addresses and names inside that the proxy may reach. */
  @FromVariable('MESH_ALLOWED_HOSTS', list, 'be a comma-separated list of names, addresses and networks')
  @IsArray()
  @ValidateBy({ name: 'areTargets', validator: { validate: areTargets } })
  readonly meshAllowedHosts: string[] = [];
}
