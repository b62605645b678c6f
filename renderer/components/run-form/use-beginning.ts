import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useSearchParams } from 'wouter';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { api } from '../../api/endpoints.ts';
import { uploadFile } from '../../api/upload.ts';
import { i18n } from '../../app/i18n.ts';
import { fileOfOutput } from './file-from.ts';
import { keepSource } from './mask/sources.ts';
import { thumbOf } from './thumb.ts';
import { type Beginning, givenValues, recallValues, type Values } from './values.ts';

const names = ['task', 'input', 'values'] as const;

const parsed = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** An output as the value of the first file input: sent up like a file of the own machine. */
async function fromOutput(workflow: WorkflowDetail, storageKey: string): Promise<Values> {
  const def = workflow.parameters.find((one) => one.type === 'file');
  if (!def) return {};
  const file = await fileOfOutput(storageKey);
  if (!file) throw new Error(i18n.t('form.outputGone'));
  const file_key = await uploadFile(file, () => undefined, new AbortController().signal);
  keepSource(file_key, { file, strokes: [] });
  return { [def.key]: { file_key, name: file.name, size: file.size, thumb: await thumbOf(file) } };
}

async function begin(
  workflow: WorkflowDetail,
  asked: Partial<Record<(typeof names)[number], string | null | undefined>>,
): Promise<Beginning> {
  const before = recallValues(workflow);
  const given = asked.task
    ? (await api.getTask(asked.task)).parameters
    : asked.values
      ? parsed(asked.values)
      : null;
  const beginning = given ? givenValues(workflow, before.values, given) : before;
  if (!asked.input) return beginning;
  const input = await fromOutput(workflow, asked.input);
  return { ...beginning, values: { ...beginning.values, ...input } };
}

/**
 * What the form begins with: the values of a task (`?task=`), values from a link (`?values=` as JSON), an output for its
 * first file (`?input=`); else those of the last visit. Null while they are fetched.
 */
export function useBeginning(workflow: WorkflowDetail): {
  beginning: Beginning | null;
  problem: Error | null;
} {
  const [search, setSearch] = useSearchParams();
  const [task, input, values] = names.map((name) => search.get(name));
  const asked = { task, input, values };
  const wanted = Object.values(asked).some(Boolean);
  const query = useQuery({
    queryKey: ['form-beginning', workflow.id, workflow.version, asked],
    queryFn: () => begin(workflow, asked),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY, // what was filled in since must not be overwritten
    gcTime: 0,
    retry: false,
  });
  // Taken over once: from then on the form is the person's, also after a reload.
  const taken = wanted && query.isSuccess;
  useEffect(() => {
    if (!taken) return;
    setSearch(
      (all) => {
        for (const name of names) all.delete(name);
        return all;
      },
      { replace: true },
    );
  }, [taken, setSearch]);
  if (!wanted || query.isError) return { beginning: recallValues(workflow), problem: query.error };
  return { beginning: query.data ?? null, problem: null };
}
