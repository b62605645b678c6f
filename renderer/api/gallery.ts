import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import {
  mostOutputs,
  type OutputItem,
  outputDays,
  outputFacets,
  outputInputReply,
  outputItem,
  outputList,
  outputsChanged,
  zipReply,
} from '#shared/wire/outputs.ts';
import type { OutputQuery } from '../components/gallery/filter.ts';
import type { Chunk } from '../components/gallery/plan.ts';
import { call } from './http.ts';
import { keys } from './queries.ts';

const at = encodeURIComponent;
const search = (query: Readonly<Record<string, string | number>>) =>
  new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();

const list = (query: Readonly<Record<string, string | number>>, signal?: AbortSignal) =>
  call(outputList, `/r/outputs?${search(query)}`, { signal });

const post = (verb: string, body: object) =>
  call(outputsChanged, `/r/outputs/${verb}`, { method: 'POST', body });

export const galleryApi = {
  zip: (output_ids: readonly string[]) =>
    call(zipReply, '/r/outputs/zip', { method: 'POST', body: { output_ids } }),
  asInput: (id: string) => call(outputInputReply, `/r/outputs/${at(id)}/input`, { method: 'POST' }),
};

export const useOutputDays = (query: OutputQuery) =>
  useQuery({
    queryKey: [...keys.outputs, 'days', query],
    queryFn: ({ signal }) => {
      const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return call(outputDays, `/r/outputs/days?${search({ ...query, time_zone })}`, { signal });
    },
  });

export const useOutputFacets = () =>
  useQuery({
    queryKey: [...keys.outputs, 'facets'],
    queryFn: ({ signal }) => call(outputFacets, '/r/outputs/facets', { signal }),
  });

/** A part of a day, newest first. Signed addresses live for an hour. */
export const chunkQuery = (query: OutputQuery, { day, offset, count }: Chunk) =>
  queryOptions({
    queryKey: [...keys.outputs, 'chunk', query, day.begins_at, offset, count],
    queryFn: async ({ signal }) => {
      const { output_list } = await list(
        {
          ...query,
          // The day lies within the time asked for, but for its first and last hours.
          created_after: later(query.created_after, day.begins_at),
          created_before: earlier(query.created_before, day.ends_at),
          order: 'oldest',
          offset,
          per_page: count,
        },
        signal,
      );
      return output_list.reverse();
    },
    staleTime: 10 * 60_000,
    gcTime: 2 * 60_000,
  });

const later = (a: string | undefined, b: string) => (a && Date.parse(a) > Date.parse(b) ? a : b);
const earlier = (a: string | undefined, b: string) => (a && Date.parse(a) < Date.parse(b) ? a : b);

export const outputQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.outputs, 'one', id],
    queryFn: ({ signal }) => call(outputItem, `/r/outputs/${at(id)}`, { signal }),
  });

export const useOutput = (id: string | null) =>
  useQuery({ ...outputQuery(id ?? ''), enabled: id !== null, placeholderData: keepPreviousData });

/** What hangs beside an output: the next newer, the next older. */
export const useNeighbour = (query: OutputQuery, id: string, order: 'newest' | 'oldest') =>
  useQuery({
    queryKey: [...keys.outputs, 'beside', query, id, order],
    queryFn: async ({ signal }) =>
      (await list({ ...query, order, cursor: id, per_page: 1 }, signal)).output_list[0] ?? null,
  });

/** The newest pictures, of one workflow or of all. */
export const useNewestPictures = (workflowId: string | null, count: number) =>
  useQuery({
    queryKey: [...keys.outputs, 'newest', workflowId, count],
    queryFn: async ({ signal }) => {
      const of = workflowId ? { workflow_id: workflowId } : {};
      return (await list({ ...of, kind: 'image', per_page: count }, signal)).output_list;
    },
    placeholderData: keepPreviousData,
  });

const pageSize = 200;

/** Everything from one output to another, both included; as many at most as can be chosen. */
export async function outputsBetween(query: OutputQuery, one: OutputItem, other: OutputItem) {
  const [newer, older] = one.id > other.id ? [one, other] : [other, one];
  const found = [newer];
  for (let cursor = newer.id; found.length < mostOutputs; ) {
    const page = await list({ ...query, cursor, per_page: pageSize });
    const within = page.output_list.filter(({ id }) => id >= older.id);
    found.push(...within);
    if (within.length < page.output_list.length || page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return found.slice(0, mostOutputs);
}

/** The newest that fit, as many as can be chosen. */
export async function newestOutputs(query: OutputQuery): Promise<OutputItem[]> {
  const found: OutputItem[] = [];
  for (let cursor: string | null = ''; cursor !== null && found.length < mostOutputs; ) {
    const page: z.infer<typeof outputList> = await list({
      ...query,
      ...(cursor ? { cursor } : {}),
      per_page: pageSize,
    });
    found.push(...page.output_list);
    cursor = page.next_cursor;
  }
  return found.slice(0, mostOutputs);
}

/** Changes many outputs; every list of them is asked for anew. */
export function useChangeOutputs() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: keys.outputs });
  const star = useMutation({
    mutationFn: (wish: { output_ids: readonly string[]; is_starred: boolean }) => post('star', wish),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (output_ids: readonly string[]) => post('delete', { output_ids }),
    onSettled: refresh,
  });
  const restore = useMutation({
    mutationFn: (output_ids: readonly string[]) => post('restore', { output_ids }),
    onSettled: refresh,
  });
  return { star, remove, restore };
}
