/** A feature category as it is seeded: an entry of type `feature`. */
export interface FeatureSeed {
  name: string;
  title: string;
  description: string;
  icon: string;
  category: string;
  rule: string;
  confidence: number;
}

/** The eight categories of a new registry, each with the rule that finds its entries. */
export const FEATURE_SEEDS: readonly FeatureSeed[] = [
  {
    name: 'ai-ml',
    title: 'AI and machine learning',
    description: 'Models, training, inference, agents and what serves them.',
    icon: '🧠',
    category: 'intelligence',
    rule: '.*(ai|ml|neural|tensor|pytorch|llm|model).*',
    confidence: 0.9,
  },
  {
    name: 'web3-blockchain',
    title: 'Web3 and blockchain',
    description: 'Chains, smart contracts, tokens and wallets.',
    icon: '⛓️',
    category: 'ledger',
    rule: '.*(blockchain|web3|smart.?contract|defi|nft).*',
    confidence: 0.85,
  },
  {
    name: 'cloud-native',
    title: 'Cloud native',
    description: 'Containers, orchestration, meshes and serverless.',
    icon: '☁️',
    category: 'platform',
    rule: '.*(kubernetes|k8s|docker|container|helm|istio|envoy|service.?mesh|serverless).*',
    confidence: 0.85,
  },
  {
    name: 'data-engineering',
    title: 'Data engineering',
    description: 'Pipelines, streams, warehouses and data sets.',
    icon: '🗄️',
    category: 'data',
    rule: '.*(kafka|spark|etl|airflow|pipeline|warehouse|dataset|hadoop|flink|data.?lake).*',
    confidence: 0.8,
  },
  {
    name: 'devops-platform',
    title: 'DevOps platform',
    description: 'Building, delivering and provisioning software.',
    icon: '🚀',
    category: 'delivery',
    rule: '.*(ci|cd|ci.?cd|jenkins|gitlab|terraform|ansible|argocd|deployment|devops).*',
    confidence: 0.8,
  },
  {
    name: 'security-platform',
    title: 'Security platform',
    description: 'Identity, secrets, encryption and defence.',
    icon: '🛡️',
    category: 'security',
    rule: '.*(security|auth|oauth|oidc|iam|vault|encrypt|firewall|tls|ssl|certificate).*',
    confidence: 0.8,
  },
  {
    name: 'system-ops',
    title: 'System operations',
    description: 'Hosts, kernels, storage, backups and schedules.',
    icon: '🖥️',
    category: 'operations',
    rule: '.*(systemd|kernel|backup|cron|scheduler|daemon|filesystem|sysadmin).*',
    confidence: 0.75,
  },
  {
    name: 'observability',
    title: 'Observability',
    description: 'Metrics, logs, traces, dashboards and alerts.',
    icon: '📈',
    category: 'operations',
    rule: '.*(monitor|metric|logging|tracing|prometheus|grafana|telemetry|alert|observability).*',
    confidence: 0.8,
  },
];

/** The namespace a category's parts are kept under. */
export const namespaceOf = (name: string): string => `ose-${name}`;
