import { fdatasyncSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { vector } from '@electric-sql/pglite-pgvector';

/** PGlite's way into PostgreSQL's main loop: one message. */
const LOOP = '_PostgresMainLoopOnce';

/** What PGlite's Emscripten module shows of itself, as far as it is used here. */
interface EmscriptenModule {
  FS: { filesystems: { NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } } } };
  [LOOP]: () => void;
}

/** Emscripten's exit status of PostgreSQL's siglongjmp: an ordinary ERROR, which PGlite handles. */
const LONGJMP = 100;

const SETTINGS = {
  // PGlite's own value, fdatasync, reaches nothing in Emscripten; fsync does, through DurableFolder.
  wal_sync_method: 'fsync',
  shared_buffers: '48MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '512MB',
  random_page_cost: '1.1',
  jit: 'off',
  // Nobody replicates from here: less is written.
  wal_level: 'minimal',
  max_wal_senders: '0',
  min_wal_size: '32MB',
};

/**
 * PGlite's folder on disk, but synced, so that a commit outlives a power cut too. What fdatasync leaves out, times of
 * change, PostgreSQL does not read; it takes two thirds of fsync's time.
 */
class DurableFolder extends NodeFS {
  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const sync = (module: unknown): void => {
      (module as EmscriptenModule).FS.filesystems.NODEFS.stream_ops.fsync = ({ nfd }) => {
        fdatasyncSync(nfd);
        return 0;
      };
    };
    return super.init(pg, { ...options, preRun: [...(options.preRun ?? []), sync] });
  }
}

export interface EngineOptions {
  folder: string;
  /** Without fsync a commit outlives a kill of the process, but not a power cut. */
  fsync: boolean;
  /** Called when PostgreSQL is beyond use; must not return. */
  crashed: (reason: unknown) => never;
}

/** Opens the folder with PGlite, or makes a database there. */
export async function openEngine(options: EngineOptions): Promise<PGlite> {
  const lines: string[] = [];
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  try {
    const db = await PGlite.create({
      fs: options.fsync ? new DurableFolder(options.folder) : new NodeFS(options.folder),
      extensions: { vector, pg_trgm },
      startParams: [...PGlite.defaultStartParams.filter((one) => one !== '-F' || !options.fsync), ...settings],
      onStderr: (text) => {
        if (lines.push(text) > 20) lines.shift();
        return false;
      },
    });
    guard(db, options.crashed);
    return db;
  } catch (error) {
    throw new Error([`PostgreSQL cannot open ${options.folder}: ${String(error)}`, ...lines].join('\n  '), {
      cause: error,
    });
  }
}

/**
 * PGlite goes on after a stack overflow or a FATAL as if nothing were, with half a statement done. A PostgreSQL backend
 * dies then, and its server recovers from the log; so does this process.
 */
function guard(db: PGlite, crashed: (reason: unknown) => never): void {
  const module = db.Module as unknown as EmscriptenModule;
  const loop = module[LOOP];
  module[LOOP] = () => {
    try {
      loop();
    } catch (error) {
      if ((error as { status?: number }).status !== LONGJMP) crashed(error);
      throw error;
    }
  };
}
