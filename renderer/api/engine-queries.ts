import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { MissingPacksRequest } from '#shared/wire/engine-missing.ts';
import type { EngineItem } from '#shared/wire/engines.ts';
import { notify } from '../ui/notices.tsx';
import { type EngineAction, type EngineRef, engineApi } from './engines.ts';
import { keys } from './queries.ts';

export const useEngines = () =>
  useQuery({ queryKey: keys.engines, queryFn: ({ signal }) => engineApi.list(signal) });

/** Looks around on the machine by itself; asked again only when it is a while ago. */
export const useFound = (agentId: string) =>
  useQuery({
    queryKey: ['engines-found', agentId],
    queryFn: async ({ signal }) => (await engineApi.discover(agentId, signal)).found,
    staleTime: 60_000,
    retry: false,
  });

/** What changes when a list that belongs to the engine may have changed: a start, a job, another version. */
const stampOf = ({ state, commit, job }: EngineItem) =>
  [state, commit, job?.kind, job?.state, job?.started_at].join(' ');

const keyOf = ({ agent_id, engine_id }: EngineRef) => ['engine', agent_id, engine_id] as const;

export const usePacks = (engine: EngineItem) =>
  useQuery({
    queryKey: [...keyOf(engine), 'packs', stampOf(engine)],
    queryFn: async ({ signal }) => (await engineApi.packs(engine, signal)).pack_list,
    placeholderData: keepPreviousData,
  });

/** Packs that workflows need and the engine lacks; it is asked again when it comes up with others. */
export const useMissingPacks = (engine: EngineItem, of: MissingPacksRequest) =>
  useQuery({
    queryKey: [...keyOf(engine), 'missing', of, stampOf(engine)],
    queryFn: async ({ signal }) => (await engineApi.missingPacks(engine, of, signal)).missing_list,
    placeholderData: keepPreviousData,
    retry: false,
  });

export const useSnapshots = (engine: EngineItem) =>
  useQuery({
    queryKey: [...keyOf(engine), 'snapshots', stampOf(engine)],
    queryFn: async ({ signal }) => (await engineApi.snapshots(engine, signal)).snapshot_list,
    placeholderData: keepPreviousData,
  });

export const useEngineSettings = (engine: EngineItem) =>
  useQuery({
    queryKey: [...keyOf(engine), 'settings', engine.commit],
    queryFn: ({ signal }) => engineApi.settings(engine, signal),
    retry: false,
    refetchOnWindowFocus: false, // a form is being filled in
  });

/** A plan is what the agent found a moment ago: never kept, never tried twice. */
export const usePlan = <Plan>(
  key: readonly unknown[],
  make: (signal: AbortSignal) => Promise<Plan>,
  enabled = true,
) =>
  useQuery({
    queryKey: ['engine-plan', ...key],
    queryFn: ({ signal }) => make(signal),
    enabled,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });

/** A change of engines: the list is read again whatever came of it, since a broken answer says nothing of the effect. */
export function useEngineChange<Input, Reply>(change: (input: Input) => Promise<Reply>, stale?: EngineRef) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.engines }),
        ...(stale ? [client.invalidateQueries({ queryKey: keyOf(stale) })] : []),
      ]),
  });
}

export function useEngineAction(engine: EngineRef) {
  const change = useEngineChange((action: EngineAction) => engineApi.act(engine, action));
  const act = (action: EngineAction, onSuccess?: () => void) =>
    change.mutate(action, {
      onSuccess: () => onSuccess?.(),
      onError: (error) => void notify.bad(error.message),
    });
  return { act, isPending: change.isPending };
}
