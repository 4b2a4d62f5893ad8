import { SnakeNamingStrategy } from './snake-naming-strategy.js';

describe('SnakeNamingStrategy', () => {
  const strategy = new SnakeNamingStrategy();

  it.each([
    ['createdAt', 'created_at'],
    ['id', 'id'],
    ['reportedHealth', 'reported_health'],
    ['sha256Digest', 'sha256_digest'],
  ])('%s is the column %s', (property, column) => {
    expect(strategy.columnName(property, undefined, [])).toBe(column);
  });

  it('keeps a column’s own name, and begins with what it is embedded in', () => {
    expect(strategy.columnName('at', 'seen_at', [])).toBe('seen_at');
    expect(strategy.columnName('createdAt', undefined, ['lastRun'])).toBe('last_run_created_at');
  });
});
