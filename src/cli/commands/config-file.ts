import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';

interface SettingRow extends Record<string, unknown> {
  setting: string;
  value: string | null;
  source: string;
}

const settingView: View<SettingRow> = {
  fields: ['setting', 'value', 'source'],
  columns: [column('SETTING', 'setting'), column('VALUE', 'value'), column('SOURCE', 'source')],
  name: (row) => String(row.value ?? ''),
};

const pathCommand: LeafSpec = {
  name: 'path',
  summary: 'Show the config files, and every setting with where it comes from',
  examples: [{ cmd: 'config-file path' }, { cmd: 'config-file path -o json' }],
  effect: 'local',
  view: settingView,
  async run(context) {
    const { settings } = context;
    const env = context.terminal.env;
    const row = (setting: string, value: string | undefined, source: string): SettingRow => ({
      setting,
      value: value ?? null,
      source,
    });
    await context.list(
      [
        row('user file', settings.configPath, env.UREG_CONFIG ? 'UREG_CONFIG' : 'default'),
        row('project file', settings.project?.path, settings.project ? 'found' : 'none'),
        row('profile', settings.profileName.value, settings.profileName.source),
        row('server', settings.server.value.href, settings.server.source),
        row('output', settings.output.value, settings.output.source),
        row('timeout', `${settings.timeoutMs.value / 1000}s`, settings.timeoutMs.source),
        row('retries', String(settings.retries.value), settings.retries.source),
      ],
      settingView,
    );
  },
};

export const configFileCommand: GroupSpec = {
  name: 'config-file',
  summary: 'Show where settings come from',
  children: [pathCommand],
};
