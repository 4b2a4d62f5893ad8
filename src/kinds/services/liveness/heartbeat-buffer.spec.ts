import { HeartbeatBuffer } from './heartbeat-buffer.js';

describe('the buffer of heartbeats', () => {
  it('gives the newest of each instance with its age, in order of their numbers', () => {
    const buffer = new HeartbeatBuffer();
    buffer.add('10', 1000);
    buffer.add('9', 2000);
    buffer.add('10', 3000);
    expect(buffer.take(5000)).toEqual({ ids: ['9', '10'], ages: [3, 2] });
  });

  it('gives again what was taken and not written, with what came since', () => {
    const buffer = new HeartbeatBuffer();
    buffer.add('1', 1000);
    buffer.take(1500);
    buffer.add('1', 2000);
    buffer.add('2', 2000);
    expect(buffer.take(3000)).toEqual({ ids: ['1', '2'], ages: [1, 1] });
    buffer.written();
    expect(buffer.take(4000)).toEqual({ ids: [], ages: [] });
  });
});
