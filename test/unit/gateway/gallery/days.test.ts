import { expect, it } from 'vitest';
import { daysOf } from '../../../../electron/gateway/gallery/days.ts';

const at = (time: string, count = 1) => ({ at: Date.parse(time), count });
const only = (time: string, zone: string) => {
  const [day] = daysOf([at(time)], zone);
  return [day?.day, day?.begins_at, day?.ends_at];
};

it('adds up the moments of a day, newest first', () => {
  const moments = [at('2026-11-25T23:15:00Z', 2), at('2026-11-25T00:00:00Z'), at('2026-11-24T23:45:00Z', 5)];
  expect(daysOf(moments, 'UTC').map(({ day, count }) => [day, count])).toEqual([
    ['2026-11-25', 3],
    ['2026-11-24', 5],
  ]);
});

it.each([
  ['2026-03-29T00:30:00Z', 'Europe/Berlin', ['2026-03-29', '2026-03-28T23:00', '2026-03-29T22:00']],
  ['2026-03-29T21:45:00Z', 'Europe/Berlin', ['2026-03-29', '2026-03-28T23:00', '2026-03-29T22:00']],
  ['2026-10-25T22:30:00Z', 'Europe/Berlin', ['2026-10-25', '2026-10-24T22:00', '2026-10-25T23:00']],
  ['2026-11-01T23:00:00Z', 'America/New_York', ['2026-11-01', '2026-11-01T04:00', '2026-11-02T05:00']],
  ['2026-11-01T18:14:59Z', 'Asia/Kathmandu', ['2026-11-01', '2026-10-31T18:15', '2026-11-01T18:15']],
] as const)('knows how long the day of %s is in %s', (time, zone, [name, begins, ends]) => {
  expect(only(time, zone)).toEqual([name, `${begins}:00.000Z`, `${ends}:00.000Z`]);
});

it('refuses a time zone that there is not', () => {
  expect(() => daysOf([], 'Middle/Earth')).toThrow('Middle/Earth');
});
