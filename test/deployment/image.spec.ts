import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

interface Service {
  image: string;
  build?: string;
  volumes?: string[];
  ports?: string[];
  environment?: Record<string, string>;
  read_only?: boolean;
  cap_drop?: string[];
}

describe('the image', () => {
  it('names the versions it is made from, and runs as nobody in particular', () => {
    for (const [, base] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(base).toMatch(/^[\w/.-]+:\d[\w.-]*$/);
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(dockerfile).not.toMatch(/^(ARG|ENV) .*(KEY|TOKEN|SECRET|PASSWORD)/m);
  });
});

// It makes mounts of its own.
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
if (!isRoot) process.stderr.write('Not root on Linux: the stages of the image are not executed.\n');

(isRoot ? describe : describe.skip)('the stages of the image', () => {
  it('make of a clean folder what runs as nobody, on a tree that is read-only', () => {
    // What `npm ci` makes is there: these tests run on it.
    const words = ['scripts/prove-image.mjs', '--short', '--packages', 'node_modules'];
    const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line.startsWith('NOT SO'))).toEqual([]);
    expect({ holds: stdout.includes('the image holds'), stderr }).toMatchObject({ holds: true });
  }, 900_000);
});

describe('the composition', () => {
  const { services, volumes } = parse(readFileSync('docker-compose.yml', 'utf8')) as {
    services: Record<string, Service>;
    volumes: Record<string, null>;
  };

  it('names versions, the own one as package.json does', () => {
    for (const { image } of Object.values(services)) expect(image).toMatch(/^[\w./-]+:v?\d[\w.-]*$/);
    expect(services.registry.image).toBe(`universal-registry:${version}`);
    expect(services.migrate.image).toBe(services.registry.image);
  });

  it('listens on this machine alone, and lets the service write to nothing but /tmp', () => {
    for (const { ports = [] } of Object.values(services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const name of ['registry', 'migrate'])
      expect(services[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'] });
  });

  it('passes on what the documentation says to set beside it', () => {
    const [, names] =
      /Both passwords, (.*?) are taken from the shell/s.exec(readFileSync('docs/deployment.md', 'utf8')) ?? [];
    const told = [...(names ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(told).toContain('TRUST_PROXY');
    for (const name of told) expect(services.registry.environment).toHaveProperty(name, `\${${name}:-}`);
  });

  it('mounts what is there', () => {
    for (const { volumes: mounts = [] } of Object.values(services))
      for (const mount of mounts) {
        const [source] = mount.split(':');
        if (source.startsWith('./')) expect([source, existsSync(source)]).toEqual([source, true]);
        else expect(volumes).toHaveProperty(source);
      }
  });
});
