/** A label and texts that say what belongs under it; an item is as near to it as to the nearest of them. */
export interface Described {
  label: string;
  descriptions: readonly string[];
}

/** The 26 categories of the catalog, described for comparison with texts in which their names need not stand. */
export const CATEGORY_DESCRIPTIONS: readonly Described[] = [
  {
    label: 'agent',
    descriptions: [
      'autonomous AI agent that plans, reasons and uses tools to complete tasks',
      'LLM assistant or bot acting on behalf of a user, multi-agent orchestration, coding agent',
      'agent that runs in the background on a host and reports to its server',
    ],
  },
  {
    label: 'service',
    descriptions: [
      'microservice or server process that answers requests over the network',
      'backend daemon listening on a port, HTTP server, RPC service',
      'service client for a cloud service, remote service locator and registry of services',
    ],
  },
  {
    label: 'engine',
    descriptions: [
      'execution engine that processes, computes or renders',
      'template engine, rule engine, rendering engine, game engine, query engine, scripting engine',
      'runtime that evaluates rules, expressions or scripts with high performance',
    ],
  },
  {
    label: 'model',
    descriptions: [
      'machine learning model with trained weights for inference',
      'large language model, neural network for classification, vision or speech',
      'data model with fields, entity definition, typed objects and their validation',
    ],
  },
  {
    label: 'skill',
    descriptions: [
      'skill for AI coding assistants such as Claude Code, Cursor or Codex',
      'reusable ability that an agent can learn and call, Alexa skill',
      'package of instructions and know-how installed into an agent',
    ],
  },
  {
    label: 'plugin',
    descriptions: [
      'plugin that extends a host program with additional features',
      'extension, add-on or module loaded by another application',
      'adds support for another format, device or protocol to a program',
      'plugin for webpack, vite, babel, eslint, rollup, gulp or a browser',
    ],
  },
  {
    label: 'prompt',
    descriptions: [
      'prompt template for a large language model, system prompt, prompt engineering',
      'collection of prompts for chat models',
      'ask the user questions in the terminal, interactive command line input, confirm and select',
    ],
  },
  {
    label: 'embedding',
    descriptions: [
      'vector embeddings of text, sentence encoder, semantic similarity',
      'turns documents into dense vectors for similarity and retrieval',
      'embed content, iframe or player in a page',
    ],
  },
  {
    label: 'memory',
    descriptions: [
      'long-term memory for AI agents, remembers conversations and context across sessions',
      'in-memory storage, memory cache, shared memory and heap',
      'persistent context store for assistants',
    ],
  },
  {
    label: 'api',
    descriptions: [
      'API for programs: REST or GraphQL endpoints, OpenAPI specification',
      'wrapper or client library for a web API, bindings to an application programming interface',
      'API gateway, endpoints, request and response types',
    ],
  },
  {
    label: 'integration',
    descriptions: [
      'integration that connects two systems, connector, bridge or adapter',
      'synchronises with a third-party service such as Slack, Salesforce, Jira or Stripe',
      'integrates one framework into another',
    ],
  },
  {
    label: 'component',
    descriptions: [
      'reusable software component or library for building applications',
      'shared library, runtime libraries, development files and headers to link with',
      'module with helper functions for JavaScript, Python or C',
      'React, Vue, Angular or web component for a user interface',
    ],
  },
  {
    label: 'resource',
    descriptions: [
      'resource such as a file, image, font, icon, media or static asset',
      'loads, bundles and manages resources and assets',
      'resource definition with CRUD operations and states',
    ],
  },
  {
    label: 'infrastructure',
    descriptions: [
      'infrastructure as code: Terraform, CloudFormation, AWS CDK constructs, provisioning',
      'servers, clusters, networks, virtual machines and cloud accounts',
      'deployment of stacks and environments in the cloud',
    ],
  },
  {
    label: 'pipeline',
    descriptions: [
      'data pipeline: extract, transform and load in stages',
      'CI/CD build pipeline with steps and stages',
      'chain of processing steps through which a stream of items passes',
    ],
  },
  {
    label: 'webhook',
    descriptions: [
      'webhook receiver: HTTP callbacks on events, signature verification',
      'sends and handles webhook deliveries of GitHub, Stripe or Slack',
      'incoming webhook endpoint of a web application',
    ],
  },
  {
    label: 'dataset',
    descriptions: [
      'dataset: collection of records, table or corpus for analysis or training',
      'list of countries, cities, words, emoji or currencies as JSON data',
      'open data, statistics, samples and benchmarks as files',
    ],
  },
  {
    label: 'knowledge',
    descriptions: [
      'knowledge base, knowledge graph, ontology or wiki',
      'documentation, manuals, articles and notes to be read and asked',
      'this package contains the documentation, reference manual and examples of a program',
      'retrieval augmented generation over documents, facts and concepts',
    ],
  },
  {
    label: 'search',
    descriptions: [
      'search: full-text index, query and ranking of results',
      'fuzzy search, autocomplete, find matching items, Elasticsearch, Algolia',
      'search bar, search input and filters',
    ],
  },
  {
    label: 'event_schema',
    descriptions: [
      'schema of events: names, payload types and versions of messages',
      'event definitions for Kafka, EventBridge or CloudEvents, AsyncAPI',
      'types of the events that services publish and subscribe to, event emitter, listeners and event bus',
    ],
  },
  {
    label: 'task_schema',
    descriptions: [
      'schema of a task or job: its input, output and parameters',
      'task definition, job queue payload, scheduled tasks',
      'task runner, to-do list, background jobs and workers',
    ],
  },
  {
    label: 'workflow',
    descriptions: [
      'workflow: orchestrated steps with states, approvals and retries',
      'business process automation, BPMN, n8n nodes, durable execution',
      'workflow engine and workflow designer',
    ],
  },
  {
    label: 'organization',
    descriptions: [
      'organization, company, tenant or department with its members',
      'organisation management, teams, roles and ownership, multi-tenant accounts',
      'company directory and org chart',
    ],
  },
  {
    label: 'template',
    descriptions: [
      'template or boilerplate to start a new project from, scaffold, starter kit',
      'create-app template, generator of project skeletons',
      'email or document template with placeholders',
    ],
  },
  {
    label: 'widget',
    descriptions: [
      'widget for a dashboard or page: chart, calendar, clock, weather, chat box',
      'embeddable user interface widget for web sites',
      'jQuery UI widget, desktop applet',
    ],
  },
  {
    label: 'notification',
    descriptions: [
      'notifications: push messages, email, SMS, toast and alerts to users',
      'sends messages to Slack, Telegram, mail or phone when something happens',
      'notification center, subscription preferences, desktop notifications',
    ],
  },
];

/** More words for the eight feature categories than their entries say; a category of one's own is described by its entry. */
export const FEATURE_DESCRIPTIONS: readonly Described[] = [
  {
    label: 'ai-ml',
    descriptions: [
      'artificial intelligence and machine learning: models, training, inference, neural networks, deep learning',
      'large language models, chat assistants, AI agents, prompts, embeddings, retrieval augmented generation, OpenAI',
      'classification, clustering, regression, feature selection, support vector machines, random forests',
      'computer vision, speech recognition, natural language processing, text generation',
    ],
  },
  {
    label: 'web3-blockchain',
    descriptions: [
      'blockchain, smart contracts, tokens, NFT, DeFi and decentralised applications',
      'Ethereum, Bitcoin, Solana wallets, transactions, keys and nodes',
      'cryptocurrency exchange, mining, staking, Solidity, consensus',
    ],
  },
  {
    label: 'cloud-native',
    descriptions: [
      'containers, Kubernetes, Docker, Helm charts, operators, service mesh',
      'cloud computing: OpenStack, AWS, Azure, serverless functions, virtual machines, hypervisor',
      'virtualization, container images and registries, orchestration of clusters',
    ],
  },
  {
    label: 'data-engineering',
    descriptions: [
      'databases and SQL: drivers, object-relational mapping, migrations, queries, PostgreSQL, MySQL',
      'data pipelines, ETL, streams, Kafka, Spark, warehouses and data lakes',
      'columnar storage, Parquet, CSV, data frames, time series, key-value store',
    ],
  },
  {
    label: 'devops-platform',
    descriptions: [
      'continuous integration and delivery, build tools, releases and deployment',
      'version control, git, code review, testing frameworks, packaging of software',
      'configuration management, provisioning, Ansible, Terraform, Puppet, automation of infrastructure',
    ],
  },
  {
    label: 'security-platform',
    descriptions: [
      'security: authentication, authorisation, encryption, certificates, passwords and secrets',
      'firewall, intrusion detection, malware and vulnerability scanner, penetration testing',
      'cryptography, TLS, OAuth, OpenPGP, Kerberos, single sign-on, password manager',
    ],
  },
  {
    label: 'system-ops',
    descriptions: [
      'system administration: boot, kernel modules, file systems, disks, users, services and daemons',
      'backup, restore, synchronisation, scheduler, cron, power management, hardware drivers',
      'manage hosts, network interfaces, storage, recovery and package installation',
    ],
  },
  {
    label: 'observability',
    descriptions: [
      'monitoring, metrics, logs, traces, alerts and dashboards',
      'log analyser, syslog, Prometheus exporter, telemetry, performance monitoring',
      'checks hosts and services, shows load, bandwidth and usage over time, Nagios plugins',
    ],
  },
];
