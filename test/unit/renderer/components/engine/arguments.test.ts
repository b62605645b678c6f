import { expect, test } from 'vitest';
import { joinArguments, splitArguments } from '../../../../../renderer/components/engine/arguments.ts';

test.each([
  ['', []],
  ['  --fast   --cpu ', ['--fast', '--cpu']],
  ['--output-directory "/srv/my pictures"', ['--output-directory', '/srv/my pictures']],
  ['--name=\'a "b" c\'', ['--name=a "b" c']],
  ['--reserve-vram 2\n--fast', ['--reserve-vram', '2', '--fast']],
])('splits %j as a shell would', (text, words) => {
  expect(splitArguments(text)).toEqual(words);
});

test.each([
  [['--fast', '/srv/my pictures', 'say "hi there"', '']],
  [['--directory', "it's here"]],
  [["it's", 'a"b']],
])('what is joined is split into the same again: %j', (words) => {
  expect(splitArguments(joinArguments(words))).toEqual(words);
});
