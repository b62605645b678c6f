import { expect, it } from 'vitest';
import {
  isFiltered,
  queryOf,
  readFilter,
  writeFilter,
} from '../../../../renderer/components/gallery/filter.ts';

const address =
  'text=a+fox&kind=image&workflow=019abc12-3456-7890-abcd-ef1234567890&person=ada&starred=1&when=days&from=2026-11-01&to=2026-11-03&param.width=64';

it('comes back from the address as it was written', () => {
  expect(writeFilter(readFilter(new URLSearchParams(address))).toString()).toBe(address);
});

it('leaves out of a typed address what makes no sense', () => {
  const odd = new URLSearchParams('kind=painting&workflow=7&when=yesterday&from=soon&open=x');
  expect(isFiltered(readFilter(odd))).toBe(false);
});

it('asks for whole days of this clock, the last one included', () => {
  const query = queryOf(readFilter(new URLSearchParams(address)));
  expect(query).toMatchObject({
    text: 'a fox',
    kind: 'image',
    starred: 'true',
    'param.width': '64',
    created_after: new Date(2026, 10, 1).toISOString(),
    created_before: new Date(2026, 10, 4).toISOString(),
  });
  const week = queryOf(readFilter(new URLSearchParams('when=week')), new Date(2026, 10, 25, 15));
  expect(week).toEqual({ created_after: new Date(2026, 10, 19).toISOString() });
});
