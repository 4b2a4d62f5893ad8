import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** Says inside this process that events were committed, so that numbering need not wait for its next poll. */
@Injectable()
export class OutboxSignal {
  private readonly emitter = new EventEmitter();

  committed(): void {
    this.emitter.emit('committed');
  }

  /** Calls back after every commit that wrote events; the answer stops it. */
  onCommitted(listener: () => void): () => void {
    this.emitter.on('committed', listener);
    return () => this.emitter.off('committed', listener);
  }
}
