import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Throttle } from '../../../../electron/agent/runs/throttle.ts';

describe('Throttle', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lets the first through at once, then the newest of each interval', () => {
    const throttle = new Throttle(100);
    const passed: number[] = [];
    for (const value of [1, 2, 3]) throttle.offer(() => passed.push(value));
    expect(passed).toEqual([1]);
    vi.advanceTimersByTime(100);
    expect(passed).toEqual([1, 3]);
    vi.advanceTimersByTime(500);
    throttle.offer(() => passed.push(4));
    expect(passed).toEqual([1, 3, 4]);
  });

  it('forgets what waits when it is stopped', () => {
    const throttle = new Throttle(100);
    const passed: number[] = [];
    for (const value of [1, 2]) throttle.offer(() => passed.push(value));
    throttle.stop();
    vi.advanceTimersByTime(1000);
    expect(passed).toEqual([1]);
  });
});
