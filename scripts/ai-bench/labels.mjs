// Items with labels that people gave: sections and tags of Debian packages, and the last word of npm packages' names (which
// is then no part of the text). They are weak labels: a package has one name, and may be two things.
import { createHash } from 'node:crypto';
import { linesOf, squash } from '../model/packages.mjs';

const LETTERS = 300;
/** They say how software is packed, not what it is about. */
const FORMS = new Set(['debug', 'devel', 'doc', 'introspection', 'libdevel', 'libs', 'localization', 'metapackages', 'misc', 'oldlibs', 'otherosfs', 'tasks', 'utils']); // prettier-ignore

/** What Debian says of its sections. */
export const SECTION_DESCRIPTIONS = Object.entries({
  admin: 'utilities to administer system resources, manage user accounts',
  'cli-mono': 'everything about Mono and the Common Language Infrastructure, C# and .NET',
  comm: 'communication: software to use your modem, fax, telephony in the old fashioned style',
  database: 'database servers and clients, SQL',
  editors: 'software to edit files, programming environments, text editors',
  education: 'software for learning and teaching',
  electronics: 'electronics utilities, circuit design, microcontrollers',
  embedded: 'software suitable for use in embedded applications',
  fonts: 'font packages, typefaces',
  games: 'programs to spend a nice time with after all this setting up',
  gnome: 'the GNOME desktop environment',
  'gnu-r': 'everything about GNU R, a statistical computation and graphics system',
  gnustep: 'the GNUstep environment, Objective-C',
  golang: 'packages of the Go programming language',
  graphics: 'editors, viewers, converters of images and pictures',
  hamradio: 'software for ham radio, amateur radio',
  haskell: 'everything about Haskell',
  httpd: 'web servers and their modules',
  interpreters: 'all kinds of interpreters for interpreted languages, macro processors',
  java: 'everything about Java, JVM',
  javascript: 'JavaScript programming language, libraries and development tools, Node.js',
  kde: 'the K Desktop Environment, Qt, Plasma',
  kernel: 'operating system kernels and related modules',
  lisp: 'everything about Lisp, Scheme, Emacs Lisp',
  mail: 'programs to route, read, and compose e-mail messages',
  math: 'mathematics software, algebra, numerics',
  net: 'daemons and clients to connect your system to the world, network',
  news: 'software to access Usenet, news servers, feeds',
  ocaml: 'everything about OCaml, an ML language implementation',
  perl: 'everything about Perl, an interpreted scripting language, CPAN',
  php: 'everything about PHP',
  python: 'everything about Python, an interpreted, interactive object oriented language',
  ruby: 'everything about Ruby, an interpreted object oriented language, gems',
  rust: 'everything about Rust, crates',
  science: 'basic tools for scientific work, biology, chemistry, physics, astronomy',
  shells: 'command shells, friendly user interfaces for beginners',
  sound: 'utilities to deal with sound: mixers, players, recorders, synthesizers, audio',
  tex: 'the famous typesetting software TeX, LaTeX and related programs',
  text: 'utilities to format and print text documents, dictionaries, converters',
  vcs: 'version control systems and utilities related to them, git, subversion',
  video: 'video viewers, editors, recording, streaming, television',
  web: 'web browsers, proxies, download tools, web applications',
  x11: 'X servers, libraries, window managers, terminal emulators',
  xfce: 'the Xfce desktop environment',
  zope: 'the Zope environment, Plone',
}).map(([label, text]) => ({ label, descriptions: [text] }));

/** Debian's tags as feature categories; the first that applies. */
const FEATURE_TAGS = [
  ['observability', /^(admin::(monitoring|logging)|use::monitor|works-with::logfile|security::log-analyzer)$/],
  ['security-platform', /^(security::(?!log)|protocol::(ssl|kerberos)$|admin::forensics$)/],
  ['cloud-native', /^(system::(cloud|virtual)|admin::virtualization|suite::openstack)$/],
  ['data-engineering', /^(works-with::db|devel::lang:sql)$/],
  [
    'devops-platform',
    /^(devel::(rcs|buildtools|testing-qa|packaging)|works-with::vcs|admin::(automation|configuring))$/,
  ],
  [
    'system-ops',
    /^(admin::(backup|boot|filesystem|hardware|kernel|power-management|recovery|user-management|package-management|cluster)|hardware::storage|use::driver)$/,
  ],
];
const FEATURE_SECTIONS = { database: 'data-engineering', vcs: 'devops-platform', kernel: 'system-ops' };
/** Debian has no tags for these two: well-known names stand for them. */
const FEATURE_NAMES = [
  ['ai-ml', /(^|-)(torch|pytorch|tensorflow|keras|sklearn|scikit-learn|caffe|onnx|mlpack|shogun|xgboost|lightgbm|libsvm|liblinear|opencv-ml|openvino|spacy|nltk|vowpal-wabbit|weka|fasttext|dlib|randomforest|neuralnet|nnet|caret|gpt|llama|tesseract|opennlp|mlpy|hmmlearn|annoy|umap|sentencepiece|pocketsphinx|e1071|gensim|transformers|langchain|llamaindex|openai|anthropic|llm|huggingface|ollama)/],
  ['web3-blockchain', /(^|-)(bitcoin|btcd?|ethereum|monero|electrum|litecoin|dogecoin|web3|ethers|solana|solidity|nft|defi|blockchain|erc20|erc721|polkadot|cosmjs|hardhat|starknet|walletconnect|metamask|uniswap|aptos|cardano)/],
]; // prettier-ignore

/** Debian's tags as categories of the catalog; the first that applies. */
const CATEGORY_TAGS = [
  ['plugin', /^role::plugin$/],
  ['knowledge', /^(role::documentation|made-of::(man|info))$/],
  ['dataset', /^made-of::dictionary$/],
  ['resource', /^(made-of::(font|icons)|x11::(font|theme))$/],
  ['search', /^use::searching$/],
  ['service', /^(interface::daemon|network::server)$/],
  ['component', /^role::(shared-lib|devel-lib)$/],
];
const CATEGORY_WORDS = {
  agent: 'agent', agents: 'agent', service: 'service', engine: 'engine', model: 'model', models: 'model', skill: 'skill', skills: 'skill',
  plugin: 'plugin', extension: 'plugin', addon: 'plugin', prompt: 'prompt', prompts: 'prompt', embedding: 'embedding', embeddings: 'embedding',
  embed: 'embedding', memory: 'memory', api: 'api', integration: 'integration', connector: 'integration', component: 'component',
  components: 'component', resource: 'resource', resources: 'resource', assets: 'resource', infrastructure: 'infrastructure', infra: 'infrastructure',
  cdk: 'infrastructure', terraform: 'infrastructure', pipeline: 'pipeline', webhook: 'webhook', webhooks: 'webhook', dataset: 'dataset',
  datasets: 'dataset', knowledge: 'knowledge', rag: 'knowledge', search: 'search', events: 'event_schema', event: 'event_schema', task: 'task_schema',
  tasks: 'task_schema', job: 'task_schema', jobs: 'task_schema', workflow: 'workflow', workflows: 'workflow', organization: 'organization',
  tenant: 'organization', template: 'template', boilerplate: 'template', starter: 'template', widget: 'widget', widgets: 'widget',
  notification: 'notification', notifications: 'notification',
}; // prettier-ignore

/** Whole numbers from a text, the same every time. */
export const digest = (text) => createHash('sha256').update(text).digest().readUInt32BE(0);

export const textOf = ({ summary, long }) => `${summary}. ${(long ?? '').slice(0, LETTERS)}`;

/** One package of each group, at most `most` of each label, in an order that chance and nothing else made. */
function picked(items, most) {
  const counts = new Map();
  const seen = new Set();
  return items
    .toSorted((a, b) => digest(a.name) - digest(b.name))
    .filter(({ group, label }) => {
      if (seen.has(group) || (counts.get(label) ?? 0) >= most) return false;
      seen.add(group);
      counts.set(label, (counts.get(label) ?? 0) + 1);
      return true;
    });
}

export const sectionItems = (packages, most) =>
  picked(
    packages.filter(({ section }) => !FORMS.has(section)).map((one) => ({ ...one, label: one.section })),
    most,
  );

const byTags = (table, tags) => table.find(([, pattern]) => tags.some((tag) => pattern.test(tag)))?.[0];
const byName = (name) => FEATURE_NAMES.find(([, pattern]) => pattern.test(name.replace(/^@[^/]+\//, '')))?.[0];

export const featureItems = (packages, most) =>
  picked(
    packages
      .map((one) => ({
        ...one,
        label: byName(one.name) ?? byTags(FEATURE_TAGS, one.tags) ?? FEATURE_SECTIONS[one.section],
      }))
      .filter(({ label }) => label),
    most,
  );

export const categoryItems = (packages, most) =>
  picked(
    packages
      .map((one) => ({ ...one, label: one.npm ? CATEGORY_WORDS[lastWord(one.name)] : byTags(CATEGORY_TAGS, one.tags) }))
      .filter(({ label }) => label),
    most,
  );

const lastWord = (name) =>
  name
    .split(/[^A-Za-z]+/)
    .filter(Boolean)
    .at(-1)
    ?.toLowerCase();

/** npm packages by two sides, whatever shares a scope or the first word of its name on one of them. */
export async function npmSides(path) {
  const sides = { train: [], test: [] };
  for await (const line of linesOf(path)) {
    const [name, , , text] = line.split('\t');
    const summary = squash(text);
    if (summary.length < 25 || name === 'name' || /[\u0250-\uffff]/.test(summary)) continue;
    const group = /^(?:@([^/]+)\/)?([a-z0-9]+)/i.exec(name)?.slice(1).find(Boolean) ?? name;
    const one = { name, npm: true, section: 'npm', tags: [], summary, long: '', group: `npm:${summary.toLowerCase()}` };
    (digest(`npm:${group}`) & 1 ? sides.test : sides.train).push(one);
  }
  return sides;
}
