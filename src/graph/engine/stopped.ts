/** Long work was ended from outside: by its time, or because nobody waits for it any more. */
export class Stopped extends Error {
  constructor(readonly reason: 'deadline' | 'cancelled') {
    super(`The work was stopped: ${reason}.`);
  }
}
