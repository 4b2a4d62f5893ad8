import { Progress } from './progress.js';

class Screen {
  text = '';
  columns = 100;

  constructor(readonly isTTY: boolean) {}

  write(chunk: string): boolean {
    this.text += chunk;
    return true;
  }
}

function progressOn(screen: Screen, quiet = false): Progress {
  return new Progress({ stderr: screen as unknown as NodeJS.WriteStream, quiet });
}

describe('progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('says nothing about work of less than 300 ms', () => {
    const screen = new Screen(true);
    const progress = progressOn(screen);
    progress.stage('entries', 10);
    jest.advanceTimersByTime(290);
    progress.stop();
    expect(screen.text).toBe('');
  });

  it('is a bar on a terminal, and is gone at the end', () => {
    const screen = new Screen(true);
    const progress = progressOn(screen);
    progress.stage('entries', 2000);
    progress.advance(1000);
    jest.advanceTimersByTime(500);
    progress.stop();
    expect(screen.text).toContain('entries [############............]  50%  1,000/2,000  2,000/s  0.5 s');
    expect(screen.text.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('is a plain line every ten seconds elsewhere', () => {
    const screen = new Screen(false);
    const progress = progressOn(screen);
    progress.stage('entries', 2000);
    progress.advance(500);
    jest.advanceTimersByTime(21_000);
    progress.stop();
    expect(screen.text).toBe('entries: 500/2,000 (25%) after 10.0 s\nentries: 500/2,000 (25%) after 20.0 s\n');
  });

  it('counts nothing where there is nothing to count', () => {
    const screen = new Screen(false);
    const progress = progressOn(screen);
    progress.stage('svc_a is installed, waiting for status=running');
    jest.advanceTimersByTime(10_500);
    progress.stop();
    expect(screen.text).toBe('svc_a is installed, waiting for status=running after 10.0 s\n');
  });

  it('is silent when asked to be', () => {
    const screen = new Screen(true);
    const progress = progressOn(screen, true);
    progress.stage('entries', 1);
    jest.advanceTimersByTime(60_000);
    progress.stop();
    expect(screen.text).toBe('');
  });
});
