import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** The newest number this process has heard of: from its own sequencer, from another replica's notice, or by polling. */
@Injectable()
export class EventHead {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private newest = 0;

  get seq(): number {
    return this.newest;
  }

  /** Takes note of a number; an older one changes nothing. */
  advance(seq: number): void {
    if (seq <= this.newest) return;
    this.newest = seq;
    this.emitter.emit('advance');
  }

  onAdvance(listener: () => void): () => void {
    this.emitter.on('advance', listener);
    return () => this.emitter.off('advance', listener);
  }
}
