/** A restore cannot be begun, or not be finished: nothing was written. The message is for people. */
export class RestoreRefusedError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** What to do about it. */
    readonly reason?: string,
  ) {
    super(message);
    this.name = 'RestoreRefusedError';
  }
}
