import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { copyFolder, prepareDataFolder } from './data-folder.js';
import { openEngine } from './engine.js';
import { FolderLock } from './folder-lock.js';
import { Multiplexer } from './multiplexer.js';
import type { FromServer, ServerOptions, ToServer } from './server-messages.js';
import { Upkeep } from './upkeep.js';

/**
 * The embedded database's process: PGlite on a socket, apart from the service's event loop. It lives as long as the
 * service's end of the channel, and closes the database in order when that is gone, however it went.
 */
const options = JSON.parse(process.argv[2]) as ServerOptions;
const lock = new FolderLock(options.folder);

/** Resolves when the message has left, or when there is nobody to take it. */
const tell = (message: FromServer): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });

const crashed = (reason: unknown): never => {
  process.stderr.write(`The embedded PostgreSQL crashed: ${String(reason).slice(0, 1000)}\n`);
  process.exit(1);
};

interface Serving {
  close: () => Promise<void>;
  copyTo: (folder: string) => Promise<void>;
}

async function serve(): Promise<Serving> {
  await lock.acquire();
  await prepareDataFolder(options.folder, options.image);
  const db = await openEngine({ folder: options.folder, fsync: options.fsync, crashed });
  const multiplexer = new Multiplexer(db, { idleInTransactionMs: options.idleInTransactionMs });
  const upkeep = new Upkeep(db, multiplexer, (upkeeping) => void tell({ upkeeping }));
  if (options.socket) await rm(options.socket, { force: true });
  const port = await multiplexer.listen(options.socket ?? options.port ?? 0);
  upkeep.start(options.upkeepMs);
  await tell({ ready: true, port });
  return {
    close: async () => {
      upkeep.stop();
      await multiplexer.close();
      await db.close();
    },
    copyTo: (folder) =>
      multiplexer.exclusive(async () => {
        await tell({ upkeeping: true });
        try {
          // Pages that are in memory only: the copy shall not have to recover first.
          await db.exec('CHECKPOINT');
          await copyFolder(options.folder, folder);
        } finally {
          await tell({ upkeeping: false });
        }
      }),
  };
}

async function fail(error: Error): Promise<never> {
  await lock.release();
  await tell({ failed: error.message });
  process.exit(1);
}

const starting = serve().catch(fail);

async function copy(folder: string): Promise<void> {
  try {
    await (await starting).copyTo(folder);
    await tell({ copied: folder });
  } catch (error) {
    await tell({ copied: folder, failure: (error as Error).message });
  }
}

async function finish(): Promise<never> {
  await (await starting).close();
  if (options.socket) await rm(dirname(options.socket), { recursive: true, force: true });
  await lock.release();
  process.exit(0);
}

process.once('disconnect', () => void finish());
process.on('message', (message: ToServer) => {
  if (message === 'ping') void tell({ alive: true });
  else if (message === 'stop') process.disconnect();
  else void copy(message.copyTo);
});
// Ctrl-C reaches the whole group; the service decides when the database ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('uncaughtException', crashed);
// The service that read the output may be gone.
process.stderr.on('error', () => undefined);
