import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

/** Which plugins are being moved, one because of the other, in the running transaction. */
@Injectable()
export class Cascade {
  private readonly moving = new AsyncLocalStorage<readonly string[]>();

  /** Runs a step of another plugin that this one (an inside id) needs. */
  from<T>(id: string, step: () => Promise<T>): Promise<T> {
    return this.moving.run([...this.path, id], step);
  }

  /** From the one that was asked for to the one that is being moved now. */
  get path(): readonly string[] {
    return this.moving.getStore() ?? [];
  }
}
