import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { successReply } from '#shared/wire/common.ts';
import { cancelManyReply, type moveRequest, priorityReply, queueState } from '#shared/wire/queue.ts';
import { taskLog } from '#shared/wire/task-log.ts';
import { runReply, taskList, type taskListQuery } from '#shared/wire/tasks.ts';
import { call } from './http.ts';
import { keys } from './queries.ts';

const at = encodeURIComponent;

export type TaskQuery = Omit<z.input<typeof taskListQuery>, 'per_page' | 'current_page'>;

/** `line` is the line itself, next first; anything else is the list of all tasks, newest first. */
export type TaskSource = TaskQuery | 'line';

export const rowsPerPage = 50;

function pageOf(source: TaskSource, page: number, signal?: AbortSignal, perPage = rowsPerPage) {
  const query = { ...(source === 'line' ? {} : source), per_page: perPage, current_page: page };
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const path = source === 'line' ? '/r/queue/tasks' : '/r/tasks';
  return call(taskList, `${path}?${new URLSearchParams(given)}`, { signal });
}

export const taskApi = {
  pageOf,
  log: (id: string, after: number, signal?: AbortSignal) =>
    call(taskLog, `/r/tasks/${at(id)}/log?after=${after}`, { signal }),
  remove: (id: string) => call(successReply, `/r/tasks/${at(id)}`, { method: 'DELETE' }),
  retry: (id: string) => call(runReply, `/r/tasks/${at(id)}/retry`, { method: 'POST' }),
  move: (id: string, body: z.input<typeof moveRequest>) =>
    call(priorityReply, `/r/tasks/${at(id)}/move`, { method: 'POST', body }),
  moveFirst: (id: string) => call(priorityReply, `/r/tasks/${at(id)}/move-first`, { method: 'POST' }),
  cancelMany: (task_ids: readonly string[]) =>
    call(cancelManyReply, '/r/tasks/cancel', { method: 'POST', body: { task_ids } }),
  queue: (signal?: AbortSignal) => call(queueState, '/r/queue', { signal }),
  pause: (pause: boolean) => call(successReply, `/queue/${pause ? 'pause' : 'resume'}`, { method: 'POST' }),
};

/** The pages of a list that are in sight; the others are not asked for. */
export const useTaskRows = (source: TaskSource, pages: readonly number[]) =>
  useQueries({
    queries: pages.map((page) => ({
      queryKey: [...keys.tasks, 'rows', source, page],
      queryFn: ({ signal }: { signal: AbortSignal }) => pageOf(source, page, signal),
    })),
  });

export const useQueue = () =>
  useQuery({ queryKey: ['queue'], queryFn: ({ signal }) => taskApi.queue(signal) });

/** A change of tasks or of the line: every list is read again, whatever came of it. */
export function useTaskChange<Input, Reply>(change: (input: Input) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.tasks }),
        client.invalidateQueries({ queryKey: ['task'] }),
        client.invalidateQueries({ queryKey: ['queue'] }),
      ]),
  });
}
