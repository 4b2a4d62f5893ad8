import { setTimeout as pause } from 'node:timers/promises';

/**
 * One writer: entities, changes of them, relationships alone and in bulk, deletions. It remembers what was acknowledged,
 * as `<type> <id> [<revision>]`; what got no answer may have happened or not.
 */
export class EventWriter {
  acknowledged = [];
  failed = 0;
  #entities = [];
  #made = 0;

  constructor(service, number) {
    this.service = service;
    this.number = number;
  }

  /** Writes until the time is up. */
  async write(until) {
    const create = () => this.#create();
    const steps = [
      create,
      create,
      () => this.#relate(),
      create,
      () => this.#change(),
      () => this.#relateMany(),
      () => this.#remove(),
    ];
    for (let n = 0; performance.now() < until; n++) await steps[n % steps.length]();
  }

  async #call(method, path, body, accepted) {
    const answer = await this.service.call(method, path, body);
    if (answer && accepted.includes(answer.status)) return answer.body ?? {};
    this.failed++;
    if (!answer) await pause(50);
    return undefined;
  }

  async #create() {
    const name = `writer-${this.number}-${++this.#made}`;
    const entity = await this.#call('POST', '/api/v1/entities', { type: 'service', name }, [201]);
    if (!entity) return;
    this.acknowledged.push(`entity_created ${entity.id} 1`);
    this.#entities.push(entity.id);
  }

  async #change() {
    const id = this.#entities.at(-1);
    const entity = id && (await this.#call('PATCH', `/api/v1/entities/${id}`, { owner: `owner-${this.#made}` }, [200]));
    if (entity) this.acknowledged.push(`entity_updated ${id} ${entity.revision}`);
  }

  async #relate() {
    const [source_id, target_id] = this.#entities.slice(-2);
    if (!target_id) return;
    const made = await this.#call('POST', '/api/v1/relationships', { source_id, target_id, type: 'calls' }, [201]);
    if (made) this.acknowledged.push(`relationship_created ${made.id}`);
  }

  async #relateMany() {
    const [source_id, ...targets] = this.#entities.slice(-4);
    if (targets.length < 3) return;
    const items = targets.map((target_id) => ({ source_id, target_id, type: 'contains' }));
    const answer = await this.#call('POST', '/api/v1/relationships/bulk?on_conflict=skip', items, [200, 201]);
    for (const { status, id } of answer ?? []) {
      if (status === 'created') this.acknowledged.push(`relationship_created ${id}`);
    }
  }

  /** Of an entity that nothing refers to. */
  async #remove() {
    const name = `writer-${this.number}-${++this.#made}`;
    const entity = await this.#call('POST', '/api/v1/entities', { type: 'service', name }, [201]);
    if (!entity) return;
    this.acknowledged.push(`entity_created ${entity.id} 1`);
    const removed = await this.#call('DELETE', `/api/v1/entities/${entity.id}`, undefined, [204]);
    if (removed) this.acknowledged.push(`entity_deleted ${entity.id}`);
  }
}
