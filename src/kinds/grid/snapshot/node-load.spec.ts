import { NodeLoad } from './node-load.js';

describe('The load of a node', () => {
  it('is what it reported and what it was given since, whether that is written or not', () => {
    const load = new NodeLoad();
    load.report(2);
    load.add(1);
    expect(load.connections).toBe(3);
    load.writing();
    load.add(1);
    expect(load.connections).toBe(4);
    load.written(5, 10);
    expect(load.connections).toBe(6);
  });

  it('is not what the database had before it was written', () => {
    const load = new NodeLoad();
    load.report(2);
    load.known(0, 1);
    load.writing();
    load.known(0, 2);
    expect(load.connections).toBe(2);
    load.written(2, 10);
    load.known(0, 9);
    expect(load.connections).toBe(2);
    load.known(7, 11);
    expect(load.connections).toBe(7);
  });

  it('is a report that came while an older one was written', () => {
    const load = new NodeLoad();
    load.report(2);
    load.writing();
    load.report(5);
    load.written(2, 10);
    load.known(2, 11);
    expect(load.connections).toBe(5);
  });

  it('believes the database again when a node that was to be written was not there', () => {
    const load = new NodeLoad();
    load.add(3);
    load.writing();
    load.written(undefined, 10);
    load.known(1, 11);
    expect(load.connections).toBe(1);
  });
});
