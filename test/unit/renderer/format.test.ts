import { expect, test } from 'vitest';
import { ago, bytes, duration, ordinal } from '../../../renderer/components/format.ts';

test.each([
  [420, '420 ms'],
  [4200, '4.2 s'],
  [42_900, '42 s'],
  [80_000, '1 min 20 s'],
  [3_600_000 + 120_000, '1 h 2 min'],
])('%d ms is said as %s', (ms, words) => expect(duration(ms)).toBe(words));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [3_200_000_000, '3.2 GB'],
  [120_000, '120 kB'],
])('%d bytes are said as %s', (count, words) => expect(bytes(count)).toBe(words));

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [11, '11th'],
  [22, '22nd'],
])('place %d is said as %s', (count, words) => expect(ordinal(count)).toBe(words));

test('a time that has passed is said from now', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  expect(ago('2026-11-23T11:59:50Z', now)).toBe('just now');
  expect(ago('2026-11-23T11:55:00Z', now)).toBe('5 min. ago');
});
