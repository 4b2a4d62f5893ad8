/**
 * The messages of Envoy's v3 API that are used here, with the fields that are: a message or enum a line, fields as
 * `name=number:type`. The numbers are Envoy's (data-plane-api); a test compares them with the protos that a client brings.
 */
export const XDS_MESSAGES = `
google.protobuf.Any type_url=1:string value=2:bytes
google.protobuf.Duration seconds=1:int64 nanos=2:int32
google.protobuf.UInt32Value value=1:uint32
google.protobuf.BoolValue value=1:bool
google.protobuf.Struct fields=1:map:google.protobuf.Value
google.protobuf.Value number_value=2:double string_value=3:string bool_value=4:bool struct_value=5:google.protobuf.Struct list_value=6:google.protobuf.ListValue
google.protobuf.ListValue values=1:google.protobuf.Value[]
google.protobuf.Empty
google.rpc.Status code=1:int32 message=2:string
envoy.config.core.v3.Locality region=1:string zone=2:string sub_zone=3:string
envoy.config.core.v3.Node id=1:string cluster=2:string metadata=3:google.protobuf.Struct locality=4:envoy.config.core.v3.Locality user_agent_name=6:string user_agent_version=7:string
envoy.service.discovery.v3.DiscoveryRequest version_info=1:string node=2:envoy.config.core.v3.Node resource_names=3:string[] type_url=4:string response_nonce=5:string error_detail=6:google.rpc.Status
envoy.service.discovery.v3.DiscoveryResponse version_info=1:string resources=2:google.protobuf.Any[] type_url=4:string nonce=5:string
envoy.config.core.v3.SocketAddress address=2:string port_value=3:uint32
envoy.config.core.v3.Address socket_address=1:envoy.config.core.v3.SocketAddress
envoy.config.core.v3.AggregatedConfigSource
envoy.config.core.v3.ConfigSource ads=3:envoy.config.core.v3.AggregatedConfigSource api_config_source=2:envoy.config.core.v3.ApiConfigSource initial_fetch_timeout=4:google.protobuf.Duration resource_api_version=6:envoy.config.core.v3.ApiVersion
envoy.config.core.v3.ApiConfigSource api_type=1:envoy.config.core.v3.ApiConfigSource.ApiType cluster_names=2:string[] refresh_delay=3:google.protobuf.Duration request_timeout=5:google.protobuf.Duration transport_api_version=8:envoy.config.core.v3.ApiVersion
envoy.config.core.v3.DataSource filename=1:string
envoy.config.core.v3.HeaderValue key=1:string value=2:string
envoy.config.core.v3.HeaderValueOption header=1:envoy.config.core.v3.HeaderValue append_action=3:envoy.config.core.v3.HeaderValueOption.HeaderAppendAction
envoy.config.core.v3.TransportSocket name=1:string typed_config=3:google.protobuf.Any
envoy.config.core.v3.RuntimeFractionalPercent default_value=1:envoy.type.v3.FractionalPercent
envoy.type.v3.FractionalPercent numerator=1:uint32 denominator=2:envoy.type.v3.FractionalPercent.DenominatorType
envoy.type.v3.Percent value=1:double
envoy.config.core.v3.Http2ProtocolOptions
envoy.config.core.v3.BackoffStrategy base_interval=1:google.protobuf.Duration max_interval=2:google.protobuf.Duration
envoy.config.endpoint.v3.Endpoint address=1:envoy.config.core.v3.Address hostname=3:string
envoy.config.endpoint.v3.LbEndpoint endpoint=1:envoy.config.endpoint.v3.Endpoint load_balancing_weight=4:google.protobuf.UInt32Value
envoy.config.endpoint.v3.LocalityLbEndpoints locality=1:envoy.config.core.v3.Locality lb_endpoints=2:envoy.config.endpoint.v3.LbEndpoint[] load_balancing_weight=3:google.protobuf.UInt32Value
envoy.config.endpoint.v3.ClusterLoadAssignment cluster_name=1:string endpoints=2:envoy.config.endpoint.v3.LocalityLbEndpoints[]
envoy.config.cluster.v3.Cluster name=1:string type=2:envoy.config.cluster.v3.Cluster.DiscoveryType eds_cluster_config=3:envoy.config.cluster.v3.Cluster.EdsClusterConfig connect_timeout=4:google.protobuf.Duration lb_policy=6:envoy.config.cluster.v3.Cluster.LbPolicy load_assignment=33:envoy.config.endpoint.v3.ClusterLoadAssignment circuit_breakers=10:envoy.config.cluster.v3.CircuitBreakers outlier_detection=19:envoy.config.cluster.v3.OutlierDetection transport_socket=24:envoy.config.core.v3.TransportSocket typed_extension_protocol_options=36:map:google.protobuf.Any
envoy.config.cluster.v3.Cluster.EdsClusterConfig eds_config=1:envoy.config.core.v3.ConfigSource service_name=2:string
envoy.config.cluster.v3.CircuitBreakers thresholds=1:envoy.config.cluster.v3.CircuitBreakers.Thresholds[]
envoy.config.cluster.v3.CircuitBreakers.Thresholds retry_budget=8:envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget
envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget budget_percent=1:envoy.type.v3.Percent min_retry_concurrency=2:google.protobuf.UInt32Value
envoy.config.cluster.v3.OutlierDetection consecutive_5xx=1:google.protobuf.UInt32Value interval=2:google.protobuf.Duration base_ejection_time=3:google.protobuf.Duration max_ejection_percent=4:google.protobuf.UInt32Value enforcing_consecutive_5xx=5:google.protobuf.UInt32Value enforcing_success_rate=6:google.protobuf.UInt32Value
envoy.extensions.upstreams.http.v3.HttpProtocolOptions explicit_http_config=3:envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig
envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig http2_protocol_options=2:envoy.config.core.v3.Http2ProtocolOptions
envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext common_tls_context=1:envoy.extensions.transport_sockets.tls.v3.CommonTlsContext sni=2:string
envoy.extensions.transport_sockets.tls.v3.CommonTlsContext validation_context=3:envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext alpn_protocols=4:string[]
envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext trusted_ca=1:envoy.config.core.v3.DataSource
envoy.type.matcher.v3.RegexMatcher regex=2:string
envoy.type.matcher.v3.StringMatcher exact=1:string prefix=2:string safe_regex=5:envoy.type.matcher.v3.RegexMatcher
envoy.type.matcher.v3.RegexMatchAndSubstitute pattern=1:envoy.type.matcher.v3.RegexMatcher substitution=2:string
envoy.config.route.v3.HeaderMatcher name=1:string present_match=7:bool string_match=13:envoy.type.matcher.v3.StringMatcher
envoy.config.route.v3.RouteMatch prefix=1:string path=2:string safe_regex=10:envoy.type.matcher.v3.RegexMatcher path_separated_prefix=14:string headers=6:envoy.config.route.v3.HeaderMatcher[]
envoy.config.route.v3.WeightedCluster clusters=1:envoy.config.route.v3.WeightedCluster.ClusterWeight[]
envoy.config.route.v3.WeightedCluster.ClusterWeight name=1:string weight=2:google.protobuf.UInt32Value
envoy.config.route.v3.RetryPolicy retry_on=1:string num_retries=2:google.protobuf.UInt32Value per_try_timeout=3:google.protobuf.Duration retriable_status_codes=7:uint32[] retry_back_off=8:envoy.config.route.v3.RetryPolicy.RetryBackOff
envoy.config.route.v3.RetryPolicy.RetryBackOff base_interval=1:google.protobuf.Duration max_interval=2:google.protobuf.Duration
envoy.config.route.v3.RouteAction cluster=1:string weighted_clusters=3:envoy.config.route.v3.WeightedCluster prefix_rewrite=5:string regex_rewrite=32:envoy.type.matcher.v3.RegexMatchAndSubstitute host_rewrite_literal=6:string timeout=8:google.protobuf.Duration retry_policy=9:envoy.config.route.v3.RetryPolicy request_mirror_policies=30:envoy.config.route.v3.RouteAction.RequestMirrorPolicy[] hash_policy=15:envoy.config.route.v3.RouteAction.HashPolicy[] max_stream_duration=36:envoy.config.route.v3.RouteAction.MaxStreamDuration
envoy.config.route.v3.RouteAction.RequestMirrorPolicy cluster=1:string runtime_fraction=3:envoy.config.core.v3.RuntimeFractionalPercent
envoy.config.route.v3.RouteAction.HashPolicy connection_properties=3:envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties
envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties source_ip=1:bool
envoy.config.route.v3.RouteAction.MaxStreamDuration max_stream_duration=1:google.protobuf.Duration
envoy.config.route.v3.Route name=14:string match=1:envoy.config.route.v3.RouteMatch route=2:envoy.config.route.v3.RouteAction request_headers_to_add=9:envoy.config.core.v3.HeaderValueOption[] request_headers_to_remove=12:string[]
envoy.config.route.v3.VirtualHost name=1:string domains=2:string[] routes=3:envoy.config.route.v3.Route[]
envoy.config.route.v3.RouteConfiguration name=1:string virtual_hosts=2:envoy.config.route.v3.VirtualHost[]
envoy.config.listener.v3.Listener name=1:string address=2:envoy.config.core.v3.Address filter_chains=3:envoy.config.listener.v3.FilterChain[] api_listener=19:envoy.config.listener.v3.ApiListener
envoy.config.listener.v3.ApiListener api_listener=1:google.protobuf.Any
envoy.config.listener.v3.FilterChain filters=3:envoy.config.listener.v3.Filter[]
envoy.config.listener.v3.Filter name=1:string typed_config=4:google.protobuf.Any
envoy.extensions.filters.http.router.v3.Router
envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager stat_prefix=2:string rds=3:envoy.extensions.filters.network.http_connection_manager.v3.Rds route_config=4:envoy.config.route.v3.RouteConfiguration http_filters=5:envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter[] upgrade_configs=23:envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig[] strip_any_host_port=42:bool
envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig upgrade_type=1:string
envoy.extensions.filters.network.http_connection_manager.v3.Rds config_source=1:envoy.config.core.v3.ConfigSource route_config_name=2:string
envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter name=1:string typed_config=4:google.protobuf.Any
envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy stat_prefix=1:string cluster=2:string weighted_clusters=10:envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster
envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster clusters=1:envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight[]
envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight name=1:string weight=2:uint32
enum envoy.config.core.v3.ApiVersion AUTO=0 V2=1 V3=2
enum envoy.config.core.v3.HeaderValueOption.HeaderAppendAction APPEND_IF_EXISTS_OR_ADD=0 ADD_IF_ABSENT=1 OVERWRITE_IF_EXISTS_OR_ADD=2 OVERWRITE_IF_EXISTS=3
enum envoy.type.v3.FractionalPercent.DenominatorType HUNDRED=0 TEN_THOUSAND=1 MILLION=2
enum envoy.config.cluster.v3.Cluster.DiscoveryType STATIC=0 STRICT_DNS=1 LOGICAL_DNS=2 EDS=3 ORIGINAL_DST=4
enum envoy.config.cluster.v3.Cluster.LbPolicy ROUND_ROBIN=0 LEAST_REQUEST=1 RING_HASH=2 RANDOM=3 MAGLEV=5 CLUSTER_PROVIDED=6 LOAD_BALANCING_POLICY_CONFIG=7
enum envoy.config.core.v3.ApiConfigSource.ApiType REST=1 GRPC=2
`;
