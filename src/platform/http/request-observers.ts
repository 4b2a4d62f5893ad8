import { Injectable } from '@nestjs/common';
import type { Principal } from './request-context.js';

/** What is known of a request when its answer has ended. */
export interface AnsweredRequest {
  /** Undefined where nobody was asked for a credential, and where it did not hold. */
  principal: Principal | undefined;
  method: string;
  /** The template (`/api/v1/entities/:id`); undefined when none matched. */
  route: string | undefined;
  /** 499 when the client left before it had any answer. */
  status: number;
  milliseconds: number;
  /** As they went to the client: head and body, compressed if it was. */
  bytesOut: number;
}

type Observer = (request: AnsweredRequest) => void;

/** Tells whoever wants to know of every answered request. They must neither wait nor throw. */
@Injectable()
export class RequestObservers {
  private readonly observers: Observer[] = [];

  add(observer: Observer): void {
    this.observers.push(observer);
  }

  tell(request: AnsweredRequest): void {
    for (const observe of this.observers) observe(request);
  }
}
