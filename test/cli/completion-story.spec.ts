import { useOwnService } from './support/own-service.js';

jest.setTimeout(300_000);

const own = useOwnService();
const { ureg, json } = own;
const complete = async (...args: string[]): Promise<string[]> =>
  (await ureg('__complete', ...args)).stdout.split('\n').slice(0, -1);
const UUID = '[0-9a-f]{8}-[0-9a-f-]{27}';

describe('ids completed from a real registry', () => {
  beforeAll(async () => {
    const commands = [
      'service create checkout --type api --port http=8080',
      'engine create inference --min 1 --max 4 --capacity 1',
      'service config set svc_checkout pool.size=20 log_level=debug',
      'service instances register svc_checkout 10.0.3.17:8080 --id checkout-1 --ttl 10m',
      'relationship create svc_checkout calls engine_inference',
      'classification rules add stripe|adyen security-platform',
      'ai feedback add pays --feature security-platform',
      'feature-flag create new-checkout',
      'feature-flag update feat_new-checkout --owner shop',
      'feature-flag segments create staff --name Employees --include ann',
      'config set db.pool.size 20',
      'config set db.pool.size 30',
      'config draft set db.pool.size 40',
      'mesh create shop --host shop.example.com --path / --destination svc_checkout',
      'mesh config set timeout_ms=5000',
      'create plugin ab 1.0.0',
      'create plugin ab 1.1.0',
      'plugin facts report build-1 python=3.11',
      'engine workload submit engine_inference train',
    ];
    for (const command of commands) {
      const { code, stderr } = await ureg(...command.split(' '));
      if (code !== 0) throw new Error(`${command}: ${stderr}`);
    }
  });

  const cases: readonly (readonly [args: string[], told: RegExp])[] = [
    [['relationship', ''], /^\d+\tsvc_checkout -calls-> engine_inference$/],
    [['rule', ''], new RegExp(`^${UUID}\\tstripe\\|adyen -> security-platform$`)],
    [['feedback', ''], new RegExp(`^${UUID}\\tpays -> security-platform$`)],
    [['segment', 'st'], /^staff\tEmployees$/],
    [['flag-revision', '', '--of', 'feat_new-checkout'], /^\d+\tentity_updated \S+ \d{4}-/],
    [['draft', 'db.'], /^db\.pool\.size$/],
    [['config-version', '', '--of', 'db.pool.size'], /^2\t\w+ \S+ \d{4}-\S+/],
    [['mesh-version', ''], /^\d+\t\S+ \d{4}-/],
    [['instance', '', '--of', 'svc_checkout'], /^checkout-1\t10\.0\.3\.17:8080 \w+$/],
    [['workload', '', '--of', 'engine_inference'], new RegExp(`^${UUID}\\ttrain \\w+$`)],
    [['service-setting', 'pool', '--of', 'svc_checkout'], /^pool\.size$/],
    [['host', ''], /^build-1$/],
    [['permission', 'read:ent'], /^read:entities$/],
    [['service-name', 'che'], /^checkout$/],
    [['mesh', ''], /^route_shop$/],
    [['service', 'svc_che'], /^svc_checkout$/],
    [['entry', 'svc_c'], /^svc_checkout$/],
    [['entry', 'sv'], /^svc_checkout$/],
    [['plugin', 'plugin_ab@1'], /^plugin_ab@1\.1\.0$/],
    [['plugin', 'plugin_a'], /^plugin_ab@1\.0\.0$/],
  ];

  it.each(cases)('of %j say what they are', async (args, told) => {
    expect(await complete(...args)).toContainEqual(expect.stringMatching(told));
  });

  it('are found by search where they are not among the last changed', async () => {
    const suggested = { key: 'svc_checkout', text: 'checkout', type: 'service' };
    expect(await json<object[]>('suggest', 'checko')).toContainEqual(expect.objectContaining(suggested));
  });

  it('are none of what there is none of, and the registry refuses no question', async () => {
    for (const what of ['trace', 'service-operation --of svc_checkout', 'engine-operation --of engine_inference']) {
      const [sort = '', ...rest] = what.split(' ');
      const ended = await ureg('--debug', '__complete', sort, '', ...rest);
      expect([what, ended.stdout, / 200 /.test(ended.stderr)]).toEqual([what, '', true]);
    }
  });

  it('are the first of many, and with a beginning those that begin so', async () => {
    const [only = ''] = (await complete('relationship', '')).map((line) => line.split('\t')[0] ?? '');
    expect(await complete('relationship', only)).toHaveLength(1);
    expect(await complete('relationship', `${only}0`)).toEqual([]);
    expect(await json<object[]>('relationship', 'list')).toHaveLength(1);
  });
});
