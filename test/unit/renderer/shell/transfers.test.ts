import { beforeEach, describe, expect, it } from 'vitest';
import { limitOf, limitText } from '../../../../renderer/components/settings/limits.ts';
import {
  beginTransfer,
  clearTransfers,
  summary,
  useTransfers,
} from '../../../../renderer/state/transfers.ts';

const states = () => useTransfers.getState().all.map(({ name, state }) => `${name} ${state}`);

describe('the tray of transfers', () => {
  beforeEach(() => useTransfers.setState({ all: [] }));

  it('says how far all of them are together', () => {
    beginTransfer({ name: 'a', direction: 'up', total: 300 }).progress(150);
    beginTransfer({ name: 'b', direction: 'down' }).progress(0, 100);
    beginTransfer({ name: 'unknown', direction: 'down' }).progress(5000);
    expect(summary(useTransfers.getState().all)).toEqual({ moving: 3, failed: 0, percent: 37 });
  });

  it('keeps what broke off until it is cleared, and forgets what was stopped', () => {
    const [moves, fails, stops] = ['moves', 'fails', 'stops'].map((name) =>
      beginTransfer({ name, direction: 'up', total: 10 }),
    );
    fails?.fail('The line broke.');
    stops?.drop();
    expect(states()).toEqual(['moves moving', 'fails failed']);
    clearTransfers();
    expect(states()).toEqual(['moves moving']);
    moves?.finish();
    expect(states()).toEqual(['moves done']);
  });
});

describe('a limit', () => {
  it.each([
    ['', -1],
    [' 12 ', 12],
    ['0', 0],
    ['1000001', null],
    ['-1', null],
    ['two', null],
    ['1.5', null],
  ])('typed as “%s” is %s', (typed, limit) => {
    expect(limitOf(typed)).toBe(limit);
  });

  it('is nothing to see where there is none', () => {
    expect([limitText(-1), limitText(7)]).toEqual(['', '7']);
  });
});
