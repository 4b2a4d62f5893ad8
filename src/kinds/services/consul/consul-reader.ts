import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Request, Response } from 'express';
import { currentViewer } from '../../../entries/visibility.js';
import { sendConsul } from '../../consul/consul-answer.js';
import { ConsulQuery, jittered } from '../../consul/consul-query.js';
import type { Blocking } from '../../consul/consul-query.js';
import { ServiceSnapshot } from '../discovery/service-snapshot.js';
import { SnapshotFeed } from '../discovery/snapshot-feed.js';
import { ConsulPlaces } from './consul-places.js';
import { agentServiceOf, catalogServiceOf, checksOf, healthEntryOf, statusOf } from './consul-views.js';
import type { Place } from './consul-views.js';
import { ConsulWatches } from './consul-watches.js';

/** What is asked, of the services of one name or of all. */
interface Question {
  name?: string;
  /** Tells it apart from others. */
  text: string;
  answer: () => unknown;
}

/** The index of what never was: the first change makes it another. */
const FIRST_INDEX = 1;
const MOST_ANSWERS = 1000;

/** Answers Consul's questions about who is where from memory, and its blocking queries. */
@Injectable()
export class ConsulReader implements OnModuleInit {
  /** Until the next change: those who waited together for the same are answered by one look. */
  private readonly answers = new Map<string, string>();

  constructor(
    private readonly places: ConsulPlaces,
    private readonly snapshot: ServiceSnapshot,
    private readonly feed: SnapshotFeed,
    private readonly watches: ConsulWatches,
  ) {}

  onModuleInit(): void {
    this.snapshot.onChange(() => this.answers.clear());
  }

  /** Instances of a name; with `passing` only those that may be called. */
  health(name: string, request: Request, response: Response): Promise<void> {
    const query = new ConsulQuery(request);
    const passing = query.flag('passing');
    const tags = query.all('tag');
    const fits = ({ instance }: Place): boolean => (!passing || isPassing(instance)) && hasTags(instance, tags);
    return this.serve(
      {
        name: name.toLowerCase(),
        text: JSON.stringify(['health', passing, tags]),
        answer: () => this.of(name, fits).map(healthEntryOf),
      },
      query.blocking(),
      response,
    );
  }

  checks(name: string, request: Request, response: Response): Promise<void> {
    const answer = (): unknown => this.of(name).flatMap(checksOf);
    const query = new ConsulQuery(request);
    return this.serve({ name: name.toLowerCase(), text: 'checks', answer }, query.blocking(), response);
  }

  /** Every check that is in a state; `any` for all of them. */
  state(state: string, request: Request, response: Response): Promise<void> {
    const answer = (): unknown =>
      [...this.places.all()].flatMap(checksOf).filter(({ Status }) => state === 'any' || Status === state);
    return this.serve(
      { text: JSON.stringify(['state', state]), answer },
      new ConsulQuery(request).blocking(),
      response,
    );
  }

  /** Names of services that have instances, with the tags of those. */
  services(request: Request, response: Response): Promise<void> {
    const answer = (): unknown => {
      const tags = new Map<string, Set<string>>();
      for (const { service, instance } of this.places.all()) {
        const known = tags.get(service.name) ?? new Set();
        for (const tag of instance.tags) known.add(tag);
        tags.set(service.name, known);
      }
      return Object.fromEntries([...tags].map(([name, known]) => [name, [...known].sort()]));
    };
    return this.serve({ text: 'services', answer }, new ConsulQuery(request).blocking(), response);
  }

  /** Instances of a name, however they are. */
  catalog(name: string, request: Request, response: Response): Promise<void> {
    const query = new ConsulQuery(request);
    const tags = query.all('tag');
    return this.serve(
      {
        name: name.toLowerCase(),
        text: JSON.stringify(['catalog', tags]),
        answer: () => this.of(name, ({ instance }) => hasTags(instance, tags)).map(catalogServiceOf),
      },
      query.blocking(),
      response,
    );
  }

  /** By their ids; the agent is that of every service here. */
  agentServices(response: Response): void {
    const all = Array.from(this.places.all(), (place) => [place.instance.name, agentServiceOf(place)] as const);
    sendConsul(response, JSON.stringify(Object.fromEntries(all)));
  }

  agentChecks(response: Response): void {
    const all = [...this.places.all()].flatMap(checksOf).map((check) => [check.CheckID, check] as const);
    sendConsul(response, JSON.stringify(Object.fromEntries(all)));
  }

  private of(name: string, fits: (place: Place) => boolean = () => true): Place[] {
    return [...this.places.all(name.toLowerCase())].filter(fits);
  }

  private async serve(question: Question, blocking: Blocking | undefined, response: Response): Promise<void> {
    if (blocking) {
      // Another process told it more than is known here.
      if (blocking.index > this.indexOf(question)) await this.feed.poll();
      if (blocking.index === this.indexOf(question)) await this.otherwise(question, blocking.waitMs, response);
    }
    if (!response.destroyed) sendConsul(response, this.answerTo(question), { index: this.indexOf(question) });
  }

  /** Waits until the answer is another one; a change that leaves it as it was wakes nobody. */
  private async otherwise(question: Question, waitMs: number, response: Response): Promise<void> {
    const before = this.answerTo(question);
    const until = performance.now() + jittered(waitMs);
    const gone = new AbortController();
    const close = (): void => gone.abort();
    response.once('close', close);
    for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
      await this.watches.next(question.name, left, gone.signal);
      if (gone.signal.aborted || this.watches.over || this.answerTo(question) !== before) break;
    }
    response.off('close', close);
  }

  private answerTo({ name, text, answer }: Question): string {
    const key = JSON.stringify([name, text, currentViewer()]);
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    if (this.answers.size >= MOST_ANSWERS) this.answers.clear();
    const made = JSON.stringify(answer());
    this.answers.set(key, made);
    return made;
  }

  /** Counts every change of the services it is about. */
  private indexOf({ name }: Question): number {
    let index = FIRST_INDEX;
    for (const service of this.snapshot.all(name)) index += service.index;
    return index;
  }
}

const isPassing = (instance: Place['instance']): boolean => !instance.drain && statusOf(instance) === 'passing';

const hasTags = (instance: Place['instance'], tags: readonly string[]): boolean =>
  tags.every((tag) => instance.tags.includes(tag));
