import type { ExportCluster, ExportRoute, ExportRule, ExportTarget, ExportTest, RouteSet } from './route-set.js';
import { Notes } from './notes.js';
import { headerPattern, isEveryPath, literal, withoutSlash } from './patterns.js';

export interface Bind {
  address: string;
  port: number;
}

const MOST_WEIGHT = 256;
const BALANCE: Readonly<Record<ExportCluster['balancer'], string[]>> = {
  round_robin: ['balance roundrobin'],
  weighted: ['balance roundrobin'],
  least_conn: ['balance leastconn'],
  ip_hash: ['balance source', 'hash-type consistent'],
  random: ['balance random(2)'],
};
/** What HAProxy 2.6 can retry on. */
const RETRY_STATUSES = new Set([401, 403, 404, 408, 425, 500, 501, 502, 503, 504]);
const RETRY_WORDS: Readonly<Record<string, string[]>> = {
  reset: ['empty-response', 'junk-response'],
  connect_failure: ['conn-failure'],
  timeout: ['response-timeout'],
  '5xx': ['500', '501', '502', '503', '504'],
};
// oxlint-disable-next-line no-control-regex -- what would end a line, or the text
const CONTROL = /[\x00-\x1f\x7f]/;
const HOST = /^[A-Za-z0-9._:[\]-]+$/;
const FOR_EVER = '24d';

/** HAProxy's configuration language (2.4 and later). The last rules of a frontend come from the last routes: order is kept. */
export function haproxyConfig(set: RouteSet, { address, port }: Bind): { text: string; notes: string[] } {
  const notes = new Notes();
  const http: ExportRoute[] = [];
  const tcp: ExportRoute[] = [];
  for (const route of set.routes.filter((one) => isWritable(one, notes)))
    (route.type === 'tcp' ? tcp : http).push(route);
  const sections = [
    ['global', '  log stdout format raw local0 notice'],
    ['defaults', '  mode http', '  timeout connect 5s', '  timeout client 60s', '  timeout server 60s', '  timeout tunnel 1h', '  timeout http-request 30s', '  option redispatch'], // prettier-ignore
    ['frontend mesh', `  bind ${address}:${port}`, '  option forwardfor', ...http.flatMap(frontendLines), '  default_backend mesh_nothing'], // prettier-ignore
    ['backend mesh_nothing', '  http-request return status 404'],
    ...http.flatMap((route) => route.rules.map((rule, i) => backend(route, rule, i, notes))),
    ...tcp.flatMap((route) => tcpSections(route, address, notes)),
  ];
  const text = sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
  return { text: `# Mesh routes, version ${set.version}\n${notes.comments}\n${text}`, notes: notes.list };
}

/** Within single quotes everything is itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** In a format text, percent signs stand for values. */
const formatted = (text: string): string => quoted(text.replaceAll('%', '%%'));

function isWritable(route: ExportRoute, notes: Notes): boolean {
  const texts = [
    ...route.hosts,
    route.path.value,
    ...route.methods,
    ...[...route.headers, ...route.rules.flatMap(({ when }) => when ?? [])].flatMap(({ name, value }) => [name, value]),
    route.rewrite?.path ?? '',
  ];
  if (!texts.some((text) => CONTROL.test(text))) return true;
  notes.add(route.key, 'left out: it holds characters that no configuration can');
  return false;
}

function frontendLines(route: ExportRoute): string[] {
  const id = `r_${route.name}`;
  const lines = [`  # ${route.key}`];
  const conditions: string[] = [];
  const acl = (what: string, ...tests: string[]): void => {
    for (const test of tests) lines.push(`  acl ${id}_${what} ${test}`);
    conditions.push(`${id}_${what}`);
  };
  if (route.hosts.length > 0) acl('host', ...route.hosts.map(hostTest));
  if (!isEveryPath(route.path)) acl('path', ...pathTests(route.path));
  if (route.methods.length > 0) acl('method', `method ${route.methods.map(quoted).join(' ')}`);
  for (const [i, header] of route.headers.entries()) acl(`header_${i}`, valueTest(header));
  for (const [i, { when }] of route.rules.entries()) {
    if (when) lines.push(`  acl ${id}_rule_${i} ${valueTest(when)}`);
    const all = [...conditions, ...(when ? [`${id}_rule_${i}`] : [])];
    lines.push(`  use_backend ${backendName(route, i)}${all.length > 0 ? ` if ${all.join(' ')}` : ''}`);
  }
  return lines;
}

const backendName = ({ name }: ExportRoute, rule: number): string => `${name}_${rule}`;

/** Without the port; of an IPv6 address without what stands behind its bracket. */
const HOST_FETCH = String.raw`req.hdr(host),regsub(:[0-9]+$,),lower`;
const hostTest = (host: string): string =>
  host.startsWith('*.')
    ? `${HOST_FETCH} -m end -- ${quoted(host.slice(1))}`
    : `${HOST_FETCH} -m str -- ${quoted(host)}`;

function pathTests(path: ExportRoute['path']): string[] {
  if (path.type === 'exact') return [`path -m str -- ${quoted(path.value)}`];
  if (path.type === 'regex') return [`path -m reg -- ${quoted(`^(?:${path.value})$`)}`];
  const prefix = withoutSlash(path.value);
  return [`path -m str -- ${quoted(prefix)}`, `path -m beg -- ${quoted(`${prefix}/`)}`];
}

function valueTest(test: ExportTest): string {
  const fetch = quoted(test.on === 'header' ? `req.fhdr(${test.name})` : `req.cook(${test.name})`);
  if (test.match === 'present') return `${fetch} -m found`;
  if (test.match === 'exact') return `${fetch} -m str -- ${quoted(test.value)}`;
  if (test.match === 'prefix') return `${fetch} -m beg -- ${quoted(test.value)}`;
  return `${fetch} -m reg -- ${quoted(`^${headerPattern({ ...test, on: 'header' })}$`)}`;
}

function backend(route: ExportRoute, rule: ExportRule, index: number, notes: Notes): string[] {
  const [{ cluster }] = rule.targets;
  if (route.mirror) notes.add(route.key, 'mirror');
  if (route.limited) notes.add(route.key, 'rate_limit');
  if (route.sticky) notes.add(route.key, 'traffic_split.sticky');
  const server = route.retry.perTryTimeoutMs ?? route.timeoutMs;
  return [
    `backend ${backendName(route, index)}`,
    ...BALANCE[cluster.balancer].map((line) => `  ${line}`),
    `  timeout server ${server === 0 ? FOR_EVER : `${server}ms`}`,
    ...retryLines(route, notes),
    ...rewriteLines(route),
    ...serverLines(rule.targets, notes, route.key),
  ];
}

function retryLines({ retry, key }: ExportRoute, notes: Notes): string[] {
  if (retry.attempts === 0) return ['  retries 0'];
  const on = [...retry.on].flatMap((one) => (typeof one === 'string' ? RETRY_WORDS[one] : RETRY_STATUSES.has(one) ? [String(one)] : [])); // prettier-ignore
  if ([...retry.on].some((one) => typeof one === 'number' && !RETRY_STATUSES.has(one))) notes.add(key, 'some of retry.retry_on'); // prettier-ignore
  return [
    `  retries ${retry.attempts}`,
    `  retry-on ${[...new Set(on)].join(' ') || 'none'}`,
    // What changes something is never sent twice.
    '  http-request disable-l7-retry unless { method GET HEAD OPTIONS TRACE PUT DELETE }',
  ];
}

function rewriteLines({ rewrite, path }: ExportRoute): string[] {
  if (!rewrite) return [];
  const lines: string[] = [];
  if (rewrite.path != null) {
    const to = withoutSlash(rewrite.path);
    if (path.type !== 'prefix') lines.push(`http-request set-path ${formatted(rewrite.path)}`);
    else if (isEveryPath(path)) lines.push(`http-request set-path ${quoted(`${to.replaceAll('%', '%%')}%[path]`)}`);
    else lines.push(`http-request replace-path ${prefixChange(withoutSlash(path.value), to)}`);
  }
  for (const name of rewrite.remove_headers ?? []) lines.push(`http-request del-header ${quoted(name)}`);
  for (const [name, value] of Object.entries(rewrite.set_headers ?? {}))
    lines.push(`http-request set-header ${quoted(name)} ${formatted(String(value))}`);
  if (rewrite.host != null) lines.push(`http-request set-header host ${formatted(rewrite.host)}`);
  return lines.map((line) => `  ${line}`);
}

/** The prefix alone may be the whole path, and no path is empty. */
const prefixChange = (from: string, to: string): string =>
  to === ''
    ? `${quoted(`^${literal(from)}/?(.*)$`)} ${quoted('/\\1')}`
    : `${quoted(`^${literal(from)}(/.*)?$`)} ${formatted(`${to}\\1`)}`;

/** Shares become weights of servers: a destination's share, parted among its instances by their own weights. */
function serverLines(targets: readonly ExportTarget[], notes: Notes, key: string): string[] {
  const servers = targets.flatMap(({ cluster, weight }) => {
    const usable = cluster.endpoints.filter(({ host }) => HOST.test(host));
    const total = usable.reduce((sum, one) => sum + one.weight, 0) || 1;
    return usable.map((endpoint, i) => ({ cluster, endpoint, i, share: (weight * endpoint.weight) / total }));
  });
  if (servers.length === 0) notes.add(key, 'no healthy instance is known: it answers 503');
  const most = Math.max(...servers.map(({ share }) => share));
  // As large as they may be, for what is lost by rounding.
  return servers.map(({ cluster, endpoint, i, share }) => {
    const { host, port } = endpoint;
    const weight = share === 0 ? 0 : Math.max(1, Math.round((share / most) * MOST_WEIGHT));
    return `  server ${cluster.name}_${i} ${addressOf(host)}:${port} weight ${weight} init-addr last,libc,none${optionsOf(cluster, host)}`;
  });
}

const addressOf = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

function optionsOf({ type, scheme, breaker }: ExportCluster, host: string): string {
  const tls = scheme === 'https' ? ` ssl verify required ca-file @system-ca sni str(${host})` : '';
  const grpc = type === 'grpc' ? (scheme === 'https' ? ' alpn h2' : ' proto h2') : '';
  const watched = breaker
    ? ` check inter ${Math.max(1, Math.round(breaker.open_seconds))}s rise 1 fall 1 observe ${type === 'tcp' ? 'layer4' : 'layer7'} error-limit ${breaker.failure_threshold} on-error mark-down`
    : '';
  return `${tls}${grpc}${watched}`;
}

/** Listens on the port it goes to, for want of another. */
function tcpSections(route: ExportRoute, address: string, notes: Notes): string[][] {
  const port = tcpPort(route);
  const rule = route.rules.at(-1);
  if (port === undefined || !rule || rule.when) {
    notes.add(route.key, 'left out: no port is known for it');
    return [];
  }
  return [
    [
      `listen ${route.name}`,
      '  mode tcp',
      `  bind ${address}:${port}`,
      ...BALANCE[rule.targets[0].cluster.balancer].map((line) => `  ${line}`),
      '  timeout client 1h',
      '  timeout server 1h',
      ...serverLines(rule.targets, notes, route.key),
    ],
  ];
}

export const tcpPort = ({ clusters }: ExportRoute): number | undefined => clusters[0]?.given.port ?? clusters[0]?.endpoints[0]?.port; // prettier-ignore
