import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { openPrivateFile } from './private-file.js';

/** More servers than anybody has profiles for; test runs make new ones all the time. */
const MOST = 50;
const VERSION = /^\d[\w.+-]{0,63}$/;

/** In the XDG place for what can be found out again. */
export function serverVersionsPath(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'universal-registry', 'servers.json');
}

/**
 * Which version each server said it is in its last answer, kept from one run to the next. By their addresses: a profile
 * stands for one. What cannot be read or written is as good as not there.
 */
export class ServerVersions {
  private known: Record<string, string> | undefined;

  constructor(private readonly path: string) {}

  of(server: string): string | undefined {
    this.known ??= read(this.path);
    return Object.hasOwn(this.known, server) ? this.known[server] : undefined;
  }

  /** Written only when it is news. */
  heard(server: string, version: string): void {
    if (!VERSION.test(version) || this.of(server) === version) return;
    // Others may have written meanwhile; the newest stands last.
    const { [server]: _, ...others } = read(this.path);
    this.known = Object.fromEntries([...Object.entries(others), [server, version]].slice(-MOST));
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      openPrivateFile(this.path).keep(`${JSON.stringify(this.known, null, 2)}\n`);
    } catch {
      // It is only told less the next time.
    }
  }
}

function read(path: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
    return Object.fromEntries(Object.entries(value).filter(([, version]) => VERSION.test(String(version))));
  } catch {
    return {};
  }
}
