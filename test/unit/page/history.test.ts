import { describe, expect, it } from 'vitest';
import { History } from '../../../page/site/history.ts';
import { readSite } from '../../../page/site/site.ts';
import { nowMs, overviewOf } from './site-scene.ts';

function taking(history: History, seconds: number, perSecond: number, fromTotal = 0): void {
  for (let second = 0; second <= seconds; second++) {
    const sessionsTotal = fromTotal + second * perSecond;
    const overview = overviewOf(['DICOM'], ['S1'], { '/S1': { sessionsTotal } });
    history.take(readSite({ ...overview, atMs: nowMs + second * 1000 }));
  }
}

describe('the history of rates', () => {
  it('comes near the true rate within a minute', () => {
    const history = new History();
    taking(history, 60, 5);
    expect(history.rateOf('DICOM', 'S1')).toBeCloseTo(5, 1);
    expect(history.rate).toBeCloseTo(5, 1);
  });

  it('shows 40 minutes at most, in no more points than a line can use', () => {
    const history = new History();
    taking(history, 3600, 1);
    expect(history.minutes).toBe(40);
    expect(history.pointsOf('DICOM', 'S1').length).toBeLessThanOrEqual(80);
  });

  it('fills the line from the first minute on', () => {
    const history = new History();
    taking(history, 60, 1);
    expect(history.pointsOf('DICOM', 'S1').length).toBeGreaterThan(50);
    expect(history.minutes).toBe(1);
  });

  it('takes a counter that begins anew as no negative rate', () => {
    const history = new History();
    taking(history, 5, 1, 1000);
    const overview = overviewOf(['DICOM'], ['S1'], { '/S1': { sessionsTotal: 0 } });
    history.take(readSite({ ...overview, atMs: nowMs + 6000 }));
    expect(history.rateOf('DICOM', 'S1')).toBeGreaterThanOrEqual(0);
  });
});
