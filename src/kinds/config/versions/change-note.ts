import { AsyncLocalStorage } from 'node:async_hooks';

/** Why a value is changed, for its history. */
export interface ChangeNote {
  /** `write`, `rollback:<version>`, `publish`, `import`, `reset`, `transaction`. */
  origin: string;
  comment?: string | null;
}

const storage = new AsyncLocalStorage<ChangeNote>();

/** Every version that `change` makes says why. */
export const withNote = <T>(note: ChangeNote, change: () => Promise<T>): Promise<T> => storage.run(note, change);

export const currentNote = (): ChangeNote => storage.getStore() ?? { origin: 'write' };
