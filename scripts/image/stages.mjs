// Executes the stages of a Dockerfile without an engine: each stage is a folder that its steps see as /, with this machine's
// /usr and /etc in it, read-only, in the place of the base image. Takes root, and Linux for mounts of one's own.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { assignments, copyOf, ignores } from './dockerfile.mjs';

/** Parts of a base image that this machine lends. */
const LENT = ['usr', 'etc', 'dev'];
const LINKS = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** How the registry of packages is reached from here. */
const FROM_HERE = /^(npm_config_.*|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i;

/** One stage, its folder and what its instructions have said so far. */
export class Stage {
  env = {};
  workdir = '/';
  user = '0:0';

  constructor(folder, definition) {
    Object.assign(this, { folder, ...definition });
    for (const name of [...LENT, 'proc', 'tmp', 'root', 'root/.npm'])
      mkdirSync(join(folder, name), { recursive: true });
    for (const name of LINKS) {
      const there = lstatSync(`/${name}`, { throwIfNoEntry: false });
      if (there?.isSymbolicLink()) symlinkSync(readlinkSync(`/${name}`), join(folder, name));
    }
  }

  /** Where a path of the stage is on this machine. */
  place(path) {
    return join(this.folder, resolve(this.workdir, path));
  }

  /** All steps, one after the other; `stages` are those before it. `packages` is what `npm ci` would make, where that is there. */
  build(context, stages, print, packages) {
    for (const { instruction, value } of this.steps) {
      const began = performance.now();
      if (instruction === 'ENV') Object.assign(this.env, assignments(value));
      else if (instruction === 'USER') this.user = value;
      else if (instruction === 'WORKDIR') mkdirSync(this.place((this.workdir = resolve(this.workdir, value))), { recursive: true });
      else if (instruction === 'COPY') this.#copy(copyOf(value), context, stages);
      else if (packages && value.startsWith('npm ci ')) copyTree(packages, this.place('node_modules'));
      else this.#run(value);
      print(`${this.name ?? 'image'}: ${instruction} ${value} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    }
  } // prettier-ignore

  #copy({ from, chown, sources, target }, context, stages) {
    const stage = from && stages.find(({ name }) => name === from);
    if (from && !stage) throw new Error(`There is no stage ${from} before this one.`);
    for (const source of sources) {
      const origin = stage ? stage.place(source) : join(context, source);
      const into = target.endsWith('/') || target === '.';
      const intoFolder = into && !statSync(origin).isDirectory();
      const end = this.place(intoFolder ? join(target, basename(source)) : target);
      if (stage) copyTree(origin, end);
      else copyContext(origin, end, context);
      // What is copied belongs to root, unless it is said.
      execFileSync('chown', ['-R', chown ?? '0:0', end]);
    }
  }

  #run(command) {
    const script = `${this.#mounts({ readOnly: false })} exec chroot --userspec=${this.user} "$ROOT" /bin/sh -ec ${quoted(`cd ${this.workdir} && ${command}`)}`;
    execFileSync('unshare', ['--mount', '--', 'sh', '-ec', script], { env: this.#environment(), stdio: ['ignore', 'ignore', 'inherit'] });
  } // prettier-ignore

  /** A process of the finished stage: as its user, on a tree that is read-only but for /tmp and `writable`. */
  spawn(command, { env = {}, writable = {}, stdio = ['ignore', 'pipe', 'inherit'] } = {}) {
    const within = `cd ${this.workdir} && exec setpriv --no-new-privs ${command.map(quoted).join(' ')}`;
    const chroot = `exec chroot --userspec=${this.user} --groups= "$ROOT" /bin/sh -c ${quoted(within)}`;
    const script = `${this.#mounts({ readOnly: true, writable })} ${chroot}`;
    // Engines give who is nobody in particular this home.
    const environment = { ROOT: this.folder, PATH, HOME: '/', ...this.env, ...env };
    return spawn('unshare', ['--mount', '--', 'sh', '-ec', script], { env: environment, stdio });
  }

  #environment() {
    const given = Object.entries(process.env).filter(([name]) => FROM_HERE.test(name));
    return { ROOT: this.folder, NPM_CACHE: join(homedir(), '.npm'), PATH, HOME: '/root', ...Object.fromEntries(given), ...this.env }; // prettier-ignore
  }

  /** In a namespace of its own, so that all of it is gone with the process. */
  #mounts({ readOnly, writable = {} }) {
    const lines = ['mount --bind "$ROOT" "$ROOT"'];
    for (const name of LENT) lines.push(`mount --rbind /${name} "$ROOT/${name}"`);
    for (const name of ['usr', 'etc']) lines.push(`mount -o remount,bind,ro "$ROOT/${name}"`);
    lines.push('mount -t proc proc "$ROOT/proc"');
    if (readOnly) {
      lines.push('mount -o remount,bind,ro "$ROOT"', 'mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"');
      for (const [path, folder] of Object.entries(writable)) lines.push(`mount --bind ${quoted(folder)} "$ROOT${path}"`);
    } else lines.push('[ ! -d "$NPM_CACHE" ] || mount --bind "$NPM_CACHE" "$ROOT/root/.npm"');
    return `${lines.join(' && ')} &&`;
  } // prettier-ignore
}

const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function copyTree(origin, end) {
  mkdirSync(dirname(end), { recursive: true });
  execFileSync('cp', ['-a', '--no-target-directory', origin, end]);
}

function copyContext(origin, end, context) {
  const leftOut = contextFilter(context);
  const filter = (path) => !leftOut(path);
  cpSync(origin, end, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true, filter });
}

function contextFilter(context) {
  const ignored = ignores(readFileSync(join(context, '.dockerignore'), 'utf8'));
  // Of a folder that is left out a later line may take something in again: then it is looked through.
  return (path) => {
    const inside = relative(context, path);
    if (inside === '' || !ignored(inside)) return false;
    return !statSync(path).isDirectory() || !readdirSync(path).some((name) => !ignored(join(inside, name)));
  };
}
