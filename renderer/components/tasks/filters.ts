import { useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { type TaskStatus, taskStatuses } from '#shared/task-states.ts';
import type { TaskSource } from '../../api/tasks.ts';

export const spans = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
} as const;
export type Span = keyof typeof spans;

/** What is shown; every part of it lies in the address, so that it can be kept, sent and gone back to. */
export interface TaskFilters {
  readonly status: TaskStatus | undefined;
  readonly workflow: string | undefined;
  readonly agent: string | undefined;
  readonly person: string | undefined;
  readonly text: string | undefined;
  readonly since: Span | undefined;
}

export type FilterChange = Partial<Record<keyof TaskFilters, string | undefined>>;

const isSpan = (value: string | null): value is Span => value !== null && value in spans;

export function useTaskFilters(): [TaskFilters, (change: FilterChange) => void] {
  const [search, setSearch] = useSearchParams();
  const of = (name: string) => search.get(name) || undefined;
  const since = search.get('since');
  const filters: TaskFilters = {
    status: taskStatuses.find((status) => status === search.get('status')),
    workflow: of('workflow'),
    agent: of('agent'),
    person: of('person'),
    text: of('text'),
    since: isSpan(since) ? since : undefined,
  };
  const change = (next: FilterChange) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(next)) {
          if (value) after.set(name, value);
          else after.delete(name);
        }
        return after;
      },
      // Typing must not fill the history; a choice is worth a step back.
      { replace: 'text' in next },
    );
  return [filters, change];
}

/** How many filters narrow the list, beside the status. */
export const narrowed = ({ workflow, agent, person, text, since }: TaskFilters): number =>
  [workflow, agent, person, text, since].filter(Boolean).length;

/** Where the rows come from: what waits and is not narrowed any further is the line itself, in its order. */
export function useSource(filters: TaskFilters): TaskSource {
  const { status, workflow, agent, person, text, since } = filters;
  return useMemo(() => {
    if (status === 'waiting' && narrowed({ status, workflow, agent, person, text, since }) === 0)
      return 'line';
    // To the minute: the same question has the same answer in the cache.
    const from = since && Math.floor((Date.now() - spans[since]) / 60_000) * 60_000;
    return {
      ...(status && { status }),
      ...(workflow && { workflow_id: workflow }),
      ...(agent && { agent_id: agent }),
      ...(person && { submitted_by: person }),
      ...(text && { text }),
      ...(from && { created_after: new Date(from).toISOString() }),
    };
  }, [status, workflow, agent, person, text, since]);
}
