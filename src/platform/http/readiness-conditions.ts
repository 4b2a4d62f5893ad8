import { Injectable } from '@nestjs/common';

/** What must hold, beside the database, for requests to be sent here. */
@Injectable()
export class ReadinessConditions {
  private readonly conditions: (() => boolean)[] = [];

  /** `holds` is asked at every look at `/health/ready`. */
  add(holds: () => boolean): void {
    this.conditions.push(holds);
  }

  get met(): boolean {
    return this.conditions.every((holds) => holds());
  }
}
