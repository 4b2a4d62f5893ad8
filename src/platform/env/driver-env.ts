import { IsArray, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { ControlPlaneEnv } from './control-plane-env.js';
import { FromVariable, integer, list, text } from './variable.js';

const SERVER = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\])(:\d{1,5})?$|^[0-9a-f:]+$/i;

/** How drivers act on what entries stand for, and where what there is is looked up. */
export class DriverEnv extends ControlPlaneEnv {
  /** What an operation may take whose entry names no time of its own. */
  @FromVariable('DRIVER_TIMEOUT_SECONDS', integer, 'be a whole number of seconds from 1 to 3600')
  @IsInt()
  @Min(1)
  @Max(3600)
  readonly driverTimeoutSeconds: number = 300;

  /** The cluster that kubernetes drivers act on; in a pod its own, when none is named. */
  @FromVariable('KUBECONFIG', text, 'be the path of one kubeconfig file')
  @IsOptional()
  @IsString()
  readonly kubeconfig?: string;

  /** Where kubernetes drivers may act; empty: wherever the cluster lets them. */
  @FromVariable('KUBERNETES_NAMESPACES', list, 'be a comma-separated list of namespaces')
  @IsArray()
  @Matches(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { each: true })
  readonly kubernetesNamespaces: string[] = [];

  /** Who is asked for SRV records of grid nodes; empty: whom the machine asks. */
  @FromVariable('GRID_DNS_SERVERS', list, 'be a comma-separated list of addresses such as 10.0.0.53 or 127.0.0.1:8600')
  @IsArray()
  @Matches(SERVER, { each: true })
  readonly gridDnsServers: string[] = [];
}
