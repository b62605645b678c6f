import { AppError } from '#shared/errors.ts';
import { type BatchRequest, mostInBatch } from '#shared/wire/batch.ts';

type Values = Record<string, unknown>;
type Axis = NonNullable<BatchRequest['sweep']>[string];

/** The values of every task of a batch; the last parameter of a sweep changes fastest. */
export function expandBatch({ parameters, runs, sweep = {} }: BatchRequest): Values[] {
  if (runs) return runs.map((run) => ({ ...parameters, ...run }));
  const axes = Object.entries(sweep).map(([key, axis]) => ({ key, axis, count: countOf(key, axis) }));
  const total = axes.reduce((product, { count }) => product * count, 1);
  // Counted before anything is made: a range may describe more values than there is memory for.
  if (total > mostInBatch) {
    throw new AppError(
      'bad_request',
      `sweep: this makes ${total} tasks; at most ${mostInBatch} go in one batch. Use fewer values or larger steps.`,
      { task_count: total, limit: mostInBatch },
    );
  }
  let all: Values[] = [parameters];
  for (const { key, axis, count } of axes) {
    const values = Array.from({ length: count }, (_, index) => valueAt(axis, index));
    all = all.flatMap((one) => values.map((value) => ({ ...one, [key]: value })));
  }
  return all;
}

function countOf(key: string, axis: Axis): number {
  if (Array.isArray(axis)) return axis.length;
  const { from, to, step } = axis;
  if (step === 0 || (to - from) / step < 0) {
    throw new AppError(
      'bad_request',
      `sweep: the range of "${key}" never gets from ${from} to ${to} by steps of ${step}.`,
    );
  }
  // A hair more, so that 0.1 + 0.2 still reaches 0.3.
  return Math.floor((to - from) / step + 1e-9) + 1;
}

const valueAt = (axis: Axis, index: number): unknown =>
  Array.isArray(axis) ? axis[index] : Number((axis.from + index * axis.step).toPrecision(12));
