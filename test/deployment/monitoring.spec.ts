import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { isThere } from '../support/other-programs.js';
import { MonitoringStage } from './monitoring-stage.js';

jest.setTimeout(240_000);

const DASHBOARDS = 'k8s/components/metrics/dashboards';
const RULES = 'monitoring/rules.yml';

interface Rule {
  alert: string;
  expr: string;
  annotations: Record<string, string>;
}
interface Panel {
  title: string;
  datasource?: object;
  targets?: { expr: string }[];
}

const rulesOf = (text: string): Rule[] => parse(text).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
const rules = rulesOf(readFileSync(RULES, 'utf8'));
const dashboards = readdirSync(DASHBOARDS).map((name) => {
  const text = readFileSync(join(DASHBOARDS, name), 'utf8');
  return { name, ...(JSON.parse(text) as { uid: string; panels: Panel[]; templating: { list: { name: string }[] } }) };
});
const panels = dashboards.flatMap(({ name, panels: all }) =>
  all.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ where: `${name}: ${title}`, expr }))),
);

/** As Grafana would ask it of the one job and all its instances. */
const asked = (expression: string): string =>
  expression
    // As where Prometheus adds no namespace: then there is none to choose.
    .replaceAll('$namespace', '')
    .replaceAll('$job', 'universal-registry')
    .replaceAll('$instance', '.*')
    .replaceAll('$__rate_interval', '10s');

const withoutRules = isThere('promtool') ? describe : describe.skip;

withoutRules('the alert rules', () => {
  it('are such as Prometheus takes, and the same for the operator', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', RULES], { encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: expect.stringContaining(`SUCCESS: ${rules.length} rules`) });
    const manifest = parse(readFileSync('k8s/components/metrics/prometheus-rule.yaml', 'utf8'));
    expect(manifest.spec).toEqual(parse(readFileSync(RULES, 'utf8')));
  }); // prettier-ignore

  it('and the configuration of the composition is such as Prometheus takes', () => {
    const { status } = spawnSync('promtool', ['check', 'config', 'monitoring/prometheus.yml'], { encoding: 'utf8' });
    expect(status).toBe(0);
  });

  it('fire when something is wrong, and not otherwise', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ureg-alerts-'));
    try {
      const runbooks = rules[0].annotations.runbook_url.split('#')[0];
      const cases = readFileSync('test/fixtures/alerts.yml', 'utf8').replace('RULES', resolve(RULES)).replaceAll('RUNBOOKS', runbooks); // prettier-ignore
      writeFileSync(join(folder, 'alerts.yml'), cases);
      const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(folder, 'alerts.yml')], { encoding: 'utf8' }); // prettier-ignore
      expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('each lead to a runbook that is there', () => {
    const headings = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title.toLowerCase().replaceAll(/[^\w\s-]/g, '').replaceAll(' ', '-'),
    ); // prettier-ignore
    for (const { alert, annotations } of rules)
      expect({ alert, heading: headings.includes(annotations.runbook_url.split('#')[1]) }).toEqual({ alert, heading: true }); // prettier-ignore
  });
});

describe('the dashboards', () => {
  it('have names of their own, and ask for one job of one namespace and some of its instances by the data source that is chosen', () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { templating } of dashboards)
      expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'namespace', 'job', 'instance']);
    for (const { where, expr } of panels) expect({ where, expr }).toEqual({ where, expr: expect.stringMatching(/namespace="\$namespace", job="\$job", instance=~"\$instance"/) }); // prettier-ignore
    for (const panel of dashboards.flatMap((one) => one.panels).filter(({ targets }) => targets))
      expect(panel.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
  });
});

(isThere('prometheus') && isThere('promtool') ? describe : describe.skip)('what the service measures', () => {
  let stage: MonitoringStage;

  beforeAll(async () => {
    stage = await MonitoringStage.set();
    await stage.fill();
  });
  afterAll(() => stage?.clear());

  it('is named and described as promtool wants it', async () => {
    await stage.stir();
    const { body } = await stage.api.get('/metrics');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });

  it('has all that the alert rules ask for', async () => {
    const { body } = await stage.api.get('/metrics');
    const measured = new Set(['up', ...[...body.matchAll(/^([a-z_]\w*)[{ ]/gm)].map(([, name]: string[]) => name)]);
    const names = rules.flatMap(({ expr }) => [...expr.matchAll(/([a-z]\w+_\w+)\{/g)].map(([, name]) => name));
    expect(names.filter((name) => !measured.has(name))).toEqual([]);
    for (const part of ['service', 'grid'])
      for (const rest of ['snapshot_age_seconds', 'guard_active'])
        expect(measured).toContain(`registry_${part}_${rest}`);
  });

  it('gives every panel of every dashboard something to show', async () => {
    await stage.startPrometheus();
    let empty = panels;
    for (const until = Date.now() + 120_000; empty.length > 0 && Date.now() < until; await pause(500)) {
      await stage.stir();
      const answers = await Promise.all(empty.map(({ expr }) => stage.query(asked(expr))));
      empty = empty.filter((_, n) => !answers[n].some(Number.isFinite));
    }
    expect(empty.map(({ where }) => where)).toEqual([]);
    for (const { expr } of rules) await stage.query(expr);
  });
});
