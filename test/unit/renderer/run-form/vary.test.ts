import { describe, expect, test } from 'vitest';
import { firstAxis, planOf, valuesOf } from '../../../../renderer/components/run-form/vary.ts';
import type { ParameterDef } from '../../../../shared/wire/workflows.ts';

const steps: ParameterDef = { key: 'steps', type: 'number', min: 1, max: 100 };
const prompt: ParameterDef = { key: 'prompt', type: 'string' };
const sampler: ParameterDef = { key: 'sampler', type: 'select', options: ['a', 'b', 'c'] };

describe('the values of an axis', () => {
  test('of a range include both ends, also where floats do not quite meet', () => {
    const range = (from: number, to: number, step: number) =>
      valuesOf({ ...steps, min: 0 }, { kind: 'range', from, to, step });
    expect(range(0.1, 0.3, 0.1)).toEqual({ values: [0.1, 0.2, 0.3] });
    expect(range(3, 1, -1)).toEqual({ values: [3, 2, 1] });
    expect(range(1, 1, 5)).toEqual({ values: [1] });
  });

  test.each([
    [{ kind: 'range', from: 1, to: 5, step: 0 }, 'step'],
    [{ kind: 'range', from: 5, to: 1, step: 1 }, 'step'],
    [{ kind: 'range', from: null, to: 1, step: 1 }, 'number'],
    [{ kind: 'range', from: 1, to: 101, step: 10 }, 'bounds'],
    [{ kind: 'range', from: 1, to: 90, step: 0.001 }, 'many'],
    [{ kind: 'list', text: '1, x' }, 'number'],
    [{ kind: 'list', text: ' , ' }, 'empty'],
    [{ kind: 'list', text: '0 5' }, 'bounds'],
  ] as const)('%j: %s', (axis, expected) => {
    expect(valuesOf(steps, axis)).toEqual({ problem: expected });
  });

  test('of lists are numbers or lines', () => {
    expect(valuesOf(steps, { kind: 'list', text: '10, 20;30\n40' })).toEqual({ values: [10, 20, 30, 40] });
    expect(valuesOf(prompt, { kind: 'list', text: 'a cat, asleep\n\n a dog ' })).toEqual({
      values: ['a cat, asleep', 'a dog'],
    });
  });

  test('begin around what the form holds, within bounds', () => {
    expect(firstAxis(steps, 98, 1)).toEqual({ kind: 'range', from: 98, to: 100, step: 1 });
    expect(firstAxis(sampler, 'b', 1)).toEqual({ kind: 'choice', chosen: ['b'] });
    expect(firstAxis({ key: 'on', type: 'boolean' }, true, 1)).toEqual({ kind: 'both' });
  });
});

describe('the plan', () => {
  const axes = {
    steps: { kind: 'list', text: '10 20' },
    sampler: { kind: 'choice', chosen: ['a', 'c'] },
  } as const;

  test('counts every combination so many times, the last parameter fastest', () => {
    const plan = planOf([steps, sampler, prompt], axes, 5);
    expect(plan).toMatchObject({ count: 20, problems: {}, tooMany: false });
    expect(plan.combinations()).toEqual([
      { steps: 10, sampler: 'a' },
      { steps: 10, sampler: 'c' },
      { steps: 20, sampler: 'a' },
      { steps: 20, sampler: 'c' },
    ]);
  });

  test('of nothing varied is one run', () => {
    expect(planOf([steps], {}, 1)).toMatchObject({ count: 1 });
    expect(planOf([steps], {}, 1).combinations()).toEqual([{}]);
  });

  test('says what is wrong, and what is too many', () => {
    expect(planOf([steps], { steps: { kind: 'list', text: '' } }, 1)).toMatchObject({
      count: 0,
      problems: { steps: 'empty' },
    });
    expect(planOf([steps], { steps: { kind: 'range', from: 1, to: 100, step: 1 } }, 11)).toMatchObject({
      count: 1100,
      tooMany: true,
    });
  });
});
