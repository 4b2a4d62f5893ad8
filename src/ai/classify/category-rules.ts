/** The last word of what a title calls its thing, and what that makes of it. */
const NOUNS: Record<string, string> = {
  agent: 'agent', assistant: 'agent', chatbot: 'agent', bot: 'agent',
  service: 'service', microservice: 'service', daemon: 'service', server: 'service',
  engine: 'engine', model: 'model', llm: 'model', skill: 'skill',
  plugin: 'plugin', 'plug-in': 'plugin', addon: 'plugin', 'add-on': 'plugin', extension: 'plugin',
  prompt: 'prompt', embedding: 'embedding', memory: 'memory', api: 'api',
  integration: 'integration', connector: 'integration',
  resource: 'resource', icon: 'resource', font: 'resource',
  infrastructure: 'infrastructure', construct: 'infrastructure', cluster: 'infrastructure',
  pipeline: 'pipeline', webhook: 'webhook', dataset: 'dataset', corpus: 'dataset',
  documentation: 'knowledge', 'knowledge base': 'knowledge', ontology: 'knowledge', manual: 'knowledge',
  search: 'search', 'event schema': 'event_schema', 'task schema': 'task_schema', workflow: 'workflow',
  organization: 'organization', organisation: 'organization',
  template: 'template', boilerplate: 'template', 'starter kit': 'template', scaffold: 'template',
  widget: 'widget', notification: 'notification',
}; // prettier-ignore

/** Behind these a title says what its thing is for or made of, no longer what it is. */
const BEHIND =
  /[,;:(–—|]|\s-\s|\.(?:\s|$)|\b(?:for|to|of|in|on|from|by|with|that|which|using|based|written|and|or|as|via|into|between|where|when|is|are)\b/i;
const LEADING = /^(?:the|a|an|simple|official|this\s+is\s+an?)\s+/i;

const singular = (word: string): string =>
  word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/(?<![su])s$/, '');

/** The category that a title or name states itself: `Slack webhook for deployments` is a webhook, a `mail server` a service. */
export function statedCategory(title: string): { category: string; word: string } | undefined {
  const head = title.replace(LEADING, '').split(BEHIND, 1)[0];
  const words = head.toLowerCase().match(/[a-z-]+/g) ?? [];
  const last = singular(words.at(-1) ?? '');
  const pair = `${words.at(-2) ?? ''} ${last}`;
  const word = Object.hasOwn(NOUNS, pair) ? pair : last;
  return Object.hasOwn(NOUNS, word) ? { category: NOUNS[word], word } : undefined;
}
