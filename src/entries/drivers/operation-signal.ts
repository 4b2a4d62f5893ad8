import { Injectable } from '@nestjs/common';

/** Tells this process's runner that there is something to begin; another process's finds out by itself. */
@Injectable()
export class OperationSignal {
  private listener: () => void = () => undefined;

  onCommit(listener: () => void): void {
    this.listener = listener;
  }

  committed(): void {
    this.listener();
  }
}
