import { messagesOf } from './event-message.js';
import type { EventRow } from './event-row.js';

const row = (change: Partial<EventRow>): EventRow => ({
  seq: 10,
  span: 1,
  type: 'entity_updated',
  entryId: '7',
  payload: { entity: { id: 'e', type: 'plugin' }, patch: [{ op: 'remove', path: '/owner' }] },
  at: new Date('2026-01-31T09:30:00.123Z'),
  actor: 'api_key:k',
  ...change,
});
const parsed = (messages: { json: string }[]): unknown[] => messages.map(({ json }) => JSON.parse(json) as unknown);

describe('messages of an event', () => {
  it('are one for an entity, with its patch, and tell its type', () => {
    const messages = messagesOf(row({}));
    expect(messages).toMatchObject([{ seq: 10, type: 'entity_updated', entityType: 'plugin' }]);
    expect(parsed(messages)).toEqual([
      {
        type: 'entity_updated',
        seq: 10,
        at: '2026-01-31T09:30:00.123Z',
        actor: 'api_key:k',
        entity: { id: 'e', type: 'plugin' },
        patch: [{ op: 'remove', path: '/owner' }],
      },
    ]);
    expect(messagesOf(row({}), 9)).toHaveLength(1);
    expect(messagesOf(row({}), 10)).toEqual([]);
  });

  it('tell of a transition what was done, from where to where, and whom it may be told', () => {
    const payload = {
      entity: { id: 'e', type: 'plugin', security_context: { visibility: 'restricted', readers: ['role:a'] } },
      verb: 'install',
      from: 'registered',
      to: 'installed',
    };
    const [message] = messagesOf(row({ type: 'transition', payload }));
    expect(message).toMatchObject({ type: 'transition', entityType: 'plugin', readers: [['role:a']] });
    const told = { type: 'transition', seq: 10, at: '2026-01-31T09:30:00.123Z', actor: 'api_key:k' };
    expect(parsed([message])).toEqual([{ ...told, ...payload }]);
  });

  it('are one for each relationship of a row, ending at its number, those after a position only', () => {
    const bulk = row({
      type: 'relationship_created',
      span: 3,
      payload: { relationships: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] },
    });
    expect(messagesOf(bulk).map(({ seq }) => seq)).toEqual([8, 9, 10]);
    expect(parsed(messagesOf(bulk, 8))).toEqual([
      expect.objectContaining({ type: 'relationship_created', seq: 9, relationship: { id: 'b' } }),
      expect.objectContaining({ type: 'relationship_created', seq: 10, relationship: { id: 'c' } }),
    ]);
  });
});
