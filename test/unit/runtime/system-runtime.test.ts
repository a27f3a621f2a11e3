import { performance as realPerformance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock, systemRuntime } from '../../../src/runtime/system-runtime.ts';

const dayMs = 86_400_000;

describe('the system clock', () => {
  it('is never early, though setTimeout counts whole milliseconds', async () => {
    const lateMs = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const dueMs = systemClock.nowMs() + index / 4;
        return new Promise<number>((resolve) => {
          systemClock.schedule(index / 4, () => {
            resolve(systemClock.nowMs() - dueMs);
          });
        });
      }),
    );
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  });

  it('has a monotonic and a wall clock', () => {
    const nowMs = systemClock.nowMs();
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(nowMs);
    expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1000);
  });
});

describe('its timers', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    vi.spyOn(realPerformance, 'now').mockImplementation(() => performance.now());
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it.each([
    ['a fraction of a millisecond', 0.5],
    ['exactly what setTimeout can', 2 ** 31 - 1],
    ['more than setTimeout can', 2 ** 31],
    ['100 days', 100 * dayMs],
  ])('wait for %s, and fire once', (_what, delayMs) => {
    const callback = vi.fn();
    systemClock.schedule(delayMs, callback);
    vi.advanceTimersByTime(Math.ceil(delayMs) - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(callback).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(dayMs);
    expect(callback).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('can be cancelled, also after the first of several steps', () => {
    const callback = vi.fn();
    const timer = systemClock.schedule(60 * dayMs, callback);
    vi.advanceTimersByTime(30 * dayMs);
    timer.cancel();
    timer.cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * dayMs);
    expect(callback).not.toHaveBeenCalled();
  });

  it('are cancelled at the end of the block that declares them with `using`', () => {
    const callback = vi.fn();
    {
      using _timer = systemClock.schedule(10, callback);
    }
    vi.advanceTimersByTime(20);
    expect(callback).not.toHaveBeenCalled();
  });

  it('fire at once for a delay of zero or less, and never in the call itself', () => {
    const callback = vi.fn();
    systemClock.schedule(0, callback);
    systemClock.schedule(-5, callback);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(2);
  });
});

it('the system runtime logs nothing and has random numbers from 0 to 1', () => {
  expect(() => {
    systemRuntime.log('error', 'nobody reads this');
  }).not.toThrow();
  const numbers = Array.from({ length: 100 }, systemRuntime.random);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(new Set(numbers).size).toBeGreaterThan(50);
});
