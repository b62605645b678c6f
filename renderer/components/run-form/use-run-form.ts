import { useEffect, useMemo, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useLocation } from 'wouter';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { ApiError } from '../../api/http.ts';
import { useRunWorkflow } from '../../api/queries.ts';
import { useRunBatch, workflowApi } from '../../api/workflow-life.ts';
import { newSeeds } from './seeds.ts';
import {
  type Beginning,
  defaultValues,
  forgetValues,
  givenValues,
  rememberValues,
  toParameters,
  type Values,
} from './values.ts';
import { type Axes, type Axis, planOf } from './vary.ts';

/** The parameter that a refusal is about: told by the gateway, or named in its message. */
function refusedKey(error: unknown, workflow: WorkflowDetail): string | undefined {
  if (!(error instanceof ApiError) || error.status !== 400) return undefined;
  const key = error.details.key ?? /[Pp]arameter "([^"]+)"/.exec(error.message)?.[1];
  return workflow.parameters.find((def) => def.key === key)?.key;
}

/** Parameter keys may hold dots, which react-hook-form reads as paths; names by index avoid both. */
function useNames(workflow: WorkflowDetail) {
  return useMemo(() => {
    const { parameters } = workflow;
    return {
      nameOf: (index: number) => `p${index}` as const,
      packed: (values: Values): Values =>
        Object.fromEntries(parameters.map((def, index) => [`p${index}`, values[def.key] ?? null])),
      unpacked: (values: Values): Values =>
        Object.fromEntries(parameters.map((def, index) => [def.key, values[`p${index}`] ?? null])),
    };
  }, [workflow]);
}

const bounded = (times: number): number => Math.min(100, Math.max(1, Math.round(times) || 1));

/** Runs of a plan: each time through all combinations has seeds of its own, so that what is compared has the same. */
function runsOf(
  workflow: WorkflowDetail,
  combinations: readonly Values[],
  times: number,
  locked: ReadonlySet<string>,
) {
  return Array.from({ length: times }, () => newSeeds(workflow.parameters, locked)).flatMap((seeds) =>
    combinations.map((one) => ({ ...seeds, ...one })),
  );
}

interface RunFormOptions {
  readonly beginning: Beginning;
  /** Several runs were sent; one alone leads to its own page. */
  readonly onSent: () => void;
}

export function useRunForm(workflow: WorkflowDetail, { beginning, onSent }: RunFormOptions) {
  const [, navigate] = useLocation();
  const run = useRunWorkflow();
  const batch = useRunBatch();
  const slug = workflow.workflow_slug;
  const { nameOf, packed, unpacked } = useNames(workflow);
  const [locked, setLocked] = useState(beginning.locked);
  const [axes, setAxes] = useState<Axes>({});
  const [times, setTimes] = useState(1);
  const plan = useMemo(() => planOf(workflow.parameters, axes, times), [workflow, axes, times]);

  const form = useForm<Values>({ mode: 'onTouched', defaultValues: packed(beginning.values) });
  const { subscribe, getValues } = form;
  useEffect(() => {
    const keep = (values: Values) => rememberValues(slug, unpacked(values), locked);
    keep(getValues());
    return subscribe({ formState: { values: true }, callback: ({ values }) => keep(values) });
  }, [subscribe, getValues, slug, unpacked, locked]);

  const send = async (parameters: Record<string, unknown>, first: boolean) => {
    if (plan.count === 1 && Object.keys(axes).length === 0) {
      const { task_id } = await run.mutateAsync({ slug, parameters });
      // It may have started meanwhile: then it is first already.
      if (first) await workflowApi.moveFirst(task_id).catch(() => undefined);
      return navigate(`/tasks/${task_id}`);
    }
    const runs = runsOf(workflow, plan.combinations(), times, locked);
    await batch.mutateAsync({ id: workflow.id, body: { parameters, runs, ...(first && { priority: 100 }) } });
    onSent();
  };
  const submit = (first = false) =>
    form.handleSubmit(async (packedValues) => {
      if (plan.count === 0 || plan.tooMany) return;
      const seeds = newSeeds(workflow.parameters, locked);
      const values = { ...unpacked(packedValues), ...seeds };
      for (const key of Object.keys(axes)) values[key] = null;
      try {
        await send(toParameters(workflow.parameters, values), first);
      } catch (error) {
        const index = workflow.parameters.findIndex((def) => def.key === refusedKey(error, workflow));
        if (index >= 0 && error instanceof Error)
          form.setError(nameOf(index), { message: error.message }, { shouldFocus: true });
      }
    })();
  const fill = ({ values, locked: kept }: Beginning) => {
    form.reset(packed(values));
    setLocked(kept);
    setAxes({});
  };
  const failure = run.error ?? batch.error;
  return {
    form,
    nameOf,
    plan,
    axes,
    times,
    locked,
    submit,
    setTimes: (next: number) => setTimes(bounded(next)),
    vary: (key: string, axis: Axis | undefined) =>
      setAxes(({ [key]: _, ...rest }) => (axis ? { ...rest, [key]: axis } : rest)),
    lock: (key: string, on: boolean) =>
      setLocked((all) => new Set(on ? [...all, key] : [...all].filter((one) => one !== key))),
    reset: () => {
      forgetValues(slug);
      fill({ values: defaultValues(workflow), locked: new Set() });
    },
    /** Values from elsewhere, over those that are there. */
    use: (given: Readonly<Record<string, unknown>>) =>
      fill(givenValues(workflow, unpacked(getValues()), given)),
    /** What a preset keeps: no seed that is drawn anew, no file, which would be gone one day. */
    kept: () => {
      const values = unpacked(getValues());
      const drawn = newSeeds(workflow.parameters, locked);
      const lasting = workflow.parameters.filter((def) => def.type !== 'file' && !(def.key in drawn));
      return toParameters(lasting, values);
    },
    general: failure && refusedKey(failure, workflow) === undefined ? failure : null,
  };
}
