/**
 * Names of technologies, by what they are. `Name|other spelling|…`; a name after `=` is one only as it is written here, for
 * it is also an English word: "express your thanks", "the rest", "go to the next page".
 */
const TECHNOLOGIES: Record<string, string> = {
  language: `=Ada; =Assembly; Bash; =C; C++|cpp; C#|csharp; Clojure; COBOL; CoffeeScript; =Crystal; =D; =Dart; Elixir; =Elm; Erlang;
    F#|fsharp; Fortran; =Go|golang|Go lang; Groovy; Haskell; HCL; Java; JavaScript|ECMAScript; =Julia; Kotlin; =Lisp; Lua; MATLAB;
    =Nim; Objective-C|ObjC; OCaml; =Pascal; Perl; PHP; PL/pgSQL; PowerShell; Prolog; Python; =R; Ruby; =Rust; Scala; =Scheme;
    Solidity; SQL; =Swift; Tcl; TypeScript; VHDL; Verilog; WebAssembly|WASM; =Zig; HTML|HTML5; CSS|CSS3; XML; JSON; YAML; TOML; GraphQL`,
  framework: `Actix; =Angular|AngularJS; ASP.NET|ASP.NET Core; Astro.js; Axum; =Bootstrap; CakePHP; =Celery; =Dash; Django; =Echo;
    =Electron; =Ember|Ember.js|EmberJS; =Express|Express.js|ExpressJS; FastAPI; Fastify; =Flask; =Flutter; Gatsby|GatsbyJS; =Gin;
    =Hibernate; =Ionic; jQuery; Ktor; Laravel; Micronaut; NestJS|Nest.js; Next.js|NextJS; Nuxt|Nuxt.js|NuxtJS; =Phoenix; Play Framework;
    Quarkus; =React|React.js|ReactJS; React Native; =Remix; Ruby on Rails|=Rails; =Rocket; Sinatra; =Spring|Spring Boot|Spring Framework;
    =Svelte|SvelteKit; Symfony; Tailwind|Tailwind CSS|TailwindCSS; =Tornado; =Vue|Vue.js|VueJS; Vert.x; .NET|.NET Core|dotnet; GTK;
    Qt; SDL|SDL2; TypeORM; Prisma; SQLAlchemy; Sequelize; Mongoose; Redux; RxJS; Storybook; Hono; Dapr; Temporal.io; gRPC; tRPC`,
  database: `Aerospike; ArangoDB; Cassandra|Apache Cassandra; ClickHouse; CockroachDB; Couchbase; CouchDB|Apache CouchDB; Db2; DuckDB;
    =Druid|Apache Druid; DynamoDB|Amazon DynamoDB; etcd; Elasticsearch|Elastic Search; FoundationDB; HBase|Apache HBase; InfluxDB; JanusGraph;
    KeyDB; LevelDB; LMDB; MariaDB; Meilisearch; Memcached; Milvus; MongoDB; MSSQL|Microsoft SQL Server|SQL Server; MySQL; Neo4j; OpenSearch;
    Oracle Database; =Pinecone; PostgreSQL|Postgres; pgvector; QuestDB; Qdrant; Redis; RethinkDB; RocksDB; ScyllaDB; =Snowflake; Solr|Apache Solr;
    SQLite|SQLite3; SurrealDB; TiDB; TimescaleDB; Typesense; Valkey; VictoriaMetrics; Vitess; Weaviate; YugabyteDB; BigQuery|Google BigQuery;
    Redshift|Amazon Redshift; Apache Iceberg; Delta Lake; Chroma DB|ChromaDB; PGlite`,
  messaging: `ActiveMQ|Apache ActiveMQ; Amazon SQS|SQS; AMQP; EventBridge|Amazon EventBridge; Kafka|Apache Kafka; MQTT; NATS|NATS JetStream;
    NSQ; =Pulsar|Apache Pulsar; RabbitMQ; Redpanda; RocketMQ|Apache RocketMQ; ZeroMQ|0MQ; CloudEvents; =STOMP; XMPP; WebRTC; WebSocket|WebSockets`,
  data: `=Airflow|Apache Airflow; Apache Arrow; Avro|Apache Avro; =Beam|Apache Beam; Dagster; dbt; Debezium; Fivetran; Flink|Apache Flink;
    Hadoop|Apache Hadoop; HDFS; =Hive|Apache Hive; =Looker; Metabase; NiFi|Apache NiFi; NumPy; =pandas; Parquet|Apache Parquet; Polars;
    Power BI; =Prefect; PySpark; SciPy; =Spark|Apache Spark; =Storm|Apache Storm; =Superset|Apache Superset; =Tableau; Trino; Presto DB|PrestoDB;
    Protocol Buffers|Protobuf; MessagePack; Jupyter|JupyterLab|Jupyter Notebook`,
  ai: `=Anthropic; =Caffe; ChatGPT; =Claude; CUDA; DeepSpeed; =Gemini; GPT-3; GPT-4|GPT-4o; =Gymnasium; Hugging Face|HuggingFace; =JAX; Keras;
    Kubeflow; LangChain; LangGraph; LightGBM; =Llama|Llama 2|Llama 3; LlamaIndex; llama.cpp; MLflow; Model Context Protocol|=MCP; NLTK; Ollama;
    ONNX|ONNX Runtime; OpenAI; OpenCV; OpenVINO; PyTorch; =Ray; scikit-learn|sklearn; spaCy; Stable Diffusion; TensorFlow|TensorFlow Lite;
    TensorRT; =Transformers; =Triton; vLLM; =Whisper; XGBoost; =BERT; Weights & Biases; AutoGen; CrewAI; =Mistral; word2vec; fastText; =GloVe`,
  cloud: `AWS|Amazon Web Services; Amazon EC2|EC2; Amazon ECS; Amazon EKS|EKS; Amazon RDS; Amazon S3|=S3; AWS Lambda; Azure|Microsoft Azure;
    Azure Functions; CloudFormation|AWS CloudFormation; CloudFront; Cloudflare|Cloudflare Workers; DigitalOcean; Firebase; Fly.io; Google Cloud|GCP|Google Cloud Platform;
    Google Kubernetes Engine|GKE; Heroku; Hetzner; IBM Cloud; Knative; =Lambda; Linode; Netlify; OpenFaaS; OpenStack; Supabase; Vercel;
    VMware|VMware vSphere; MinIO; Ceph; OpenShift; Proxmox; Backblaze`,
  container: `Buildah; cert-manager; =Calico; Cilium; CRI-O; containerd; Docker|Docker Compose|Docker Swarm; =Envoy|Envoy Proxy; Flannel; =Harbor; =Helm;
    Istio; k3s; Kubernetes|k8s; Kustomize; Linkerd; LXC; LXD; =Nomad|HashiCorp Nomad; Podman; Rancher; runc; Skopeo; Traefik; OCI image; KEDA; Knative Eventing`,
  devops: `Ansible; Argo CD|ArgoCD; Argo Workflows; AWS CDK; Azure DevOps; Bazel; Bitbucket; Buildkite; =Chef; CircleCI; CMake; =Concourse; Crossplane;
    Dependabot; Drone CI; Flux CD|FluxCD; Git; Gitea; GitHub|GitHub Actions; GitLab|GitLab CI; Gradle; Jenkins; JFrog Artifactory|Artifactory;
    Maven|Apache Maven; Mercurial; Nexus Repository; npm; =Packer; pnpm; Pulumi; =Puppet; SaltStack; Selenium; SonarQube; Spinnaker; Subversion|SVN;
    Tekton; Terraform|OpenTofu; Travis CI; =Vagrant; =Backstage; webpack; Vite; esbuild; =Rollup; =Babel; ESLint; Prettier; =Jest; =Cypress;
    =Playwright; Puppeteer; pytest; JUnit; =Mocha; =Yarn; =Cargo; pip; Homebrew; =APT; =Make|GNU Make; =Meson; =Ninja; GCC; Clang|LLVM; Nix|NixOS`,
  observability: `Alertmanager; AppDynamics; Collectd; Datadog; Dynatrace; Elastic Stack|=ELK|ELK Stack; Filebeat; Fluentd; Fluent Bit; Grafana|Grafana Loki|Grafana Tempo;
    =Graphite; Graylog; Icinga; Jaeger; Kibana; Logstash; =Loki; Nagios; Netdata; New Relic; OpenMetrics; OpenTelemetry|OTLP|OTel; PagerDuty; Prometheus; =Sentry;
    Splunk; StatsD; syslog|rsyslog; Telegraf; =Thanos; Vector.dev; Zabbix; Zipkin; SNMP`,
  security: `Active Directory; Auth0; Bitwarden; Burp Suite; ClamAV; =Consul|HashiCorp Consul; Fail2ban; FreeIPA; GnuPG|GPG; HashiCorp Vault|=Vault; Kerberos; Keycloak;
    LDAP|OpenLDAP; Let's Encrypt; Metasploit; mTLS; Nmap; OAuth|OAuth2|OAuth 2.0; Okta; OpenID Connect|OIDC; OpenPGP; OpenSSL; OpenSSH|SSH; OPA|Open Policy Agent;
    OWASP ZAP; PKCS#11; SAML|SAML 2.0; SELinux; AppArmor; =Snort; Suricata; TLS|SSL; Trivy; Wazuh; WireGuard; OpenVPN; Wireshark; YubiKey; FIDO2; WebAuthn; JWT; Sigstore|cosign; SPIFFE|=SPIRE; Falco`,
  web3: `Arbitrum; =Avalanche; Bitcoin|BTC; Binance Smart Chain; Cardano; Chainlink; Cosmos SDK; ERC-20|ERC20; ERC-721|ERC721; Ethereum|=ETH; Ethers.js; Hardhat; Hyperledger|Hyperledger Fabric;
    IPFS; Lightning Network; MetaMask; Monero; OpenZeppelin; Polkadot; =Polygon; Solana; StarkNet; =Truffle; Uniswap; WalletConnect; web3.js; Zcash; Filecoin; Litecoin`,
  platform: `Alpine Linux; Android; Apache HTTP Server|=Apache|httpd; Apache Tomcat|=Tomcat; Arch Linux; =Bun; =Caddy; CentOS; Debian; Deno; FreeBSD; =Fedora; GNOME; HAProxy; iOS; JVM|OpenJDK|GraalVM;
    =Kong; KDE; Linux; macOS; Nginx; Node.js|NodeJS|=Node; Raspberry Pi; Red Hat Enterprise Linux|RHEL; systemd; Ubuntu; Unix; =Varnish; Wayland; Windows Server|=Windows; WordPress;
    Drupal; =Ghost; =Strapi; Sanity.io; =Squid; =Samba; =Postfix; =Exim; Dovecot; BIND 9; dnsmasq; Jitsi; Nextcloud; =Slack; =Discord; Telegram; Microsoft Teams; Jira; =Confluence; =Notion; Salesforce; =SAP; =Stripe; PayPal; Twilio; SendGrid; =Segment; Shopify; Zendesk; ServiceNow; HubSpot; Zapier; n8n; Figma`,
  protocol: `BGP; DHCP; DNS; FTP; SFTP; HTTP|HTTPS|HTTP/2|HTTP/3; ICMP; IMAP; IPv4; IPv6; JSON-RPC; JSON:API; NFS; NTP; OData; OpenAPI|=Swagger; AsyncAPI; OpenFeature; POP3; QUIC; =REST; RTMP; RTSP; =SIP; SMB; SMTP; =SOAP; SPDX; TCP; UDP; VoIP; WebDAV; Bluetooth; Zigbee; CAN bus; Modbus; OPC UA; ActivityPub; BitTorrent; iCalendar|CalDAV; CardDAV`,
};

export interface Technology {
  /** As it is usually written. */
  name: string;
  /** What it is: `language`, `database`, … */
  area: string;
}

export interface Spelling extends Technology {
  text: string;
  /** Only in these letters. */
  exact: boolean;
}

/** Every spelling of every name. */
export const SPELLINGS: readonly Spelling[] = Object.entries(TECHNOLOGIES).flatMap(([area, list]) =>
  list.split(';').flatMap((item) => {
    const spellings = item.trim().replace(/\s+/g, ' ').split('|');
    const name = spellings[0].replace(/^=/, '');
    return spellings.map((text) => ({ name, area, text: text.replace(/^=/, ''), exact: text.startsWith('=') }));
  }),
);
