import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { batchReply, type batchRequest } from '#shared/wire/batch.ts';
import { idReply } from '#shared/wire/common.ts';
import { workflowVerdict } from '#shared/wire/inspect.ts';
import { priorityReply, queueState } from '#shared/wire/queue.ts';
import {
  type createPresetRequest,
  preset,
  presetList,
  snapshotDetail,
  snapshotList,
  type updatePresetRequest,
  workflowEstimate,
} from '#shared/wire/workflow-life.ts';
import {
  type ExportFormat,
  type updateWorkflowRequest,
  type WorkflowListQuery,
  workflowList,
  workflowTags,
} from '#shared/wire/workflows.ts';
import { authorizedFetch, call } from './http.ts';
import { keys } from './queries.ts';

const at = encodeURIComponent;
const of = (id: string) => `/workflows/${at(id)}`;

/** The endpoints about a workflow's life, one function each. */
export const workflowApi = {
  list: (query: Partial<WorkflowListQuery>, signal?: AbortSignal) => {
    const given = Object.entries(query).flatMap(([key, value]) => (value ? [[key, String(value)]] : []));
    return call(workflowList, `/r/workflows?${new URLSearchParams(given)}`, { signal });
  },
  tags: (signal?: AbortSignal) => call(workflowTags, '/workflows/tags', { signal }),
  update: (id: string, body: z.input<typeof updateWorkflowRequest>) =>
    call(idReply, of(id), { method: 'PUT', body }),
  remove: async (id: string) => void (await authorizedFetch(of(id), { method: 'DELETE' })),
  verdict: (id: string, signal?: AbortSignal) => call(workflowVerdict, `${of(id)}/verdict`, { signal }),
  estimate: (id: string, signal?: AbortSignal) => call(workflowEstimate, `${of(id)}/estimate`, { signal }),
  queue: (signal?: AbortSignal) => call(queueState, '/r/queue', { signal }),
  snapshots: (id: string, page: number, signal?: AbortSignal) =>
    call(snapshotList, `${of(id)}/snapshots?current_page=${page}`, { signal }),
  snapshot: (id: string, snapshotId: string, signal?: AbortSignal) =>
    call(snapshotDetail, `${of(id)}/snapshots/${at(snapshotId)}`, { signal }),
  note: (id: string, snapshotId: string, snapshot_note: string) =>
    call(idReply, `${of(id)}/snapshots/${at(snapshotId)}/note`, { method: 'PUT', body: { snapshot_note } }),
  restore: (id: string, snapshotId: string) =>
    call(idReply, `${of(id)}/snapshots/${at(snapshotId)}/restore`, { method: 'POST' }),

  presets: (id: string, signal?: AbortSignal) => call(presetList, `${of(id)}/presets`, { signal }),
  createPreset: (id: string, body: z.input<typeof createPresetRequest>) =>
    call(preset, `${of(id)}/presets`, { method: 'POST', body }),
  updatePreset: (id: string, presetId: string, body: z.input<typeof updatePresetRequest>) =>
    call(preset, `${of(id)}/presets/${at(presetId)}`, { method: 'PUT', body }),
  removePreset: async (id: string, presetId: string) =>
    void (await authorizedFetch(`${of(id)}/presets/${at(presetId)}`, { method: 'DELETE' })),

  runBatch: (id: string, body: z.input<typeof batchRequest>) =>
    call(batchReply, `/r/workflows/${at(id)}/run-batch`, { method: 'POST', body }),
  moveFirst: (taskId: string) => call(priorityReply, `/r/tasks/${at(taskId)}/move-first`, { method: 'POST' }),

  /** The file as the gateway names it. */
  async download(id: string, format: ExportFormat): Promise<{ name: string; blob: Blob }> {
    const reply = await authorizedFetch(`${of(id)}/export?format=${format}`);
    const name = /filename="([^"]+)"/.exec(reply.headers.get('content-disposition') ?? '')?.[1];
    return { name: name ?? 'workflow.json', blob: await reply.blob() };
  },
};

// All below `workflows`, so that news of workflows refreshes them too.
const under = (id: string, what: string) => [...keys.workflows, id, what] as const;

export const useWorkflowList = (query: Partial<WorkflowListQuery>) =>
  useQuery({
    queryKey: [...keys.workflows, 'list', query],
    queryFn: ({ signal }) => workflowApi.list({ per_page: 100, ...query }, signal),
    placeholderData: keepPreviousData,
  });

export const useTags = () =>
  useQuery({
    queryKey: under('', 'tags'),
    queryFn: async ({ signal }) => (await workflowApi.tags(signal)).tag_list,
  });

export const useSnapshots = (id: string, page: number) =>
  useQuery({
    queryKey: [...under(id, 'snapshots'), page],
    queryFn: ({ signal }) => workflowApi.snapshots(id, page, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });

export const useSnapshot = (id: string, snapshotId: string | undefined) =>
  useQuery({
    queryKey: [...under(id, 'snapshot'), snapshotId],
    queryFn: ({ signal }) => workflowApi.snapshot(id, snapshotId ?? '', signal),
    enabled: snapshotId !== undefined,
  });

/** Agents come and go, and so does what they have: asked again with their news. */
export const useVerdict = (id: string) =>
  useQuery({
    queryKey: [...keys.agents, 'verdict', id],
    queryFn: async ({ signal }) => (await workflowApi.verdict(id, signal)).verdicts,
  });

export const useEstimate = (id: string) =>
  useQuery({
    queryKey: [...keys.tasks, 'estimate', id],
    queryFn: ({ signal }) => workflowApi.estimate(id, signal),
  });

export const useLine = () =>
  useQuery({ queryKey: [...keys.tasks, 'line'], queryFn: ({ signal }) => workflowApi.queue(signal) });

export const usePresets = (id: string) =>
  useQuery({
    queryKey: under(id, 'presets'),
    queryFn: async ({ signal }) => (await workflowApi.presets(id, signal)).preset_list,
  });

/** A change of workflows: what is shown of them is read again. */
export function useWorkflowChange<Input, Reply>(change: (input: Input) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workflows }),
  });
}

export function useRunBatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: z.input<typeof batchRequest> }) =>
      workflowApi.runBatch(id, body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tasks }),
  });
}
