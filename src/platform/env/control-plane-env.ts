import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { MeshEnv } from './mesh-env.js';
import { FromVariable, integer, text } from './variable.js';

const DNS_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** What the mesh keeps, and how it tells proxies of its routes. */
export class ControlPlaneEnv extends MeshEnv {
  /** Days that spans of traces are kept. */
  @FromVariable('TRACE_RETENTION_DAYS', integer, 'be a whole number of days from 1 to 366')
  @IsInt()
  @Min(1)
  @Max(366)
  readonly traceRetentionDays: number = 7;

  /** Where proxies get their routes over gRPC (xDS); none when not set. */
  @FromVariable('XDS_PORT', integer, 'be a whole number from 0 to 65535')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly xdsPort?: number;

  @FromVariable('XDS_HOST', text, 'be an address or host name to listen on')
  @Matches(/^[0-9A-Za-z.:_-]+$/)
  readonly xdsHost: string = '127.0.0.1';

  /** Whether proxies need a key on that port: `none` only where nobody else reaches it. */
  @FromVariable('XDS_AUTH', text, 'be key or none')
  @IsIn(['key', 'none'])
  readonly xdsAuth: 'key' | 'none' = 'key';

  @FromVariable('XDS_MAX_STREAMS', integer, 'be a whole number from 1 to 100000')
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly xdsMaxStreams: number = 1000;

  /** Where Envoys are told to listen for HTTP. */
  @FromVariable('XDS_LISTENER', text, 'be an address and a port such as 0.0.0.0:10000')
  @Matches(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):\d{1,5}$/)
  readonly xdsListener: string = '0.0.0.0:10000';

  /** As what the routes are applied to the cluster of KUBECONFIG, or of this pod. */
  @FromVariable('MESH_KUBERNETES', text, 'be off, istio or gateway-api')
  @IsIn(['off', 'istio', 'gateway-api'])
  readonly meshKubernetes: 'off' | 'istio' | 'gateway-api' = 'off';

  @FromVariable('MESH_KUBERNETES_NAMESPACE', text, 'be the name of a namespace')
  @Matches(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
  readonly meshKubernetesNamespace: string = 'default';

  /** Name of the Gateway that takes the requests; with istio the sidecars when not set. */
  @FromVariable('MESH_KUBERNETES_GATEWAY', text, 'be the name of a Gateway')
  @IsOptional()
  @Matches(/^[a-z0-9]([a-z0-9./-]{0,125}[a-z0-9])?$/)
  readonly meshKubernetesGateway?: string;

  /** Under which services of the catalog are known in the cluster. */
  @FromVariable('MESH_KUBERNETES_DOMAIN', text, 'be a DNS name')
  @Matches(DNS_NAME)
  readonly meshKubernetesDomain: string = 'ureg.internal';

  @FromVariable('MESH_KUBERNETES_SECONDS', integer, 'be a whole number of seconds from 1 to 3600')
  @IsInt()
  @Min(1)
  @Max(3600)
  readonly meshKubernetesSeconds: number = 30;
}
