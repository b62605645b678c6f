import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  type CleanReply,
  cleanReply,
  type Retention,
  retention,
  type StorageReply,
  storageReply,
} from '#shared/wire/storage.ts';
import { call } from './http.ts';
import { keys } from './queries.ts';

// Tasks make most of what is kept: it is asked for again whenever their lists are.
const usageKey = [...keys.tasks, 'storage'] as const;
const retentionKey = ['retention'] as const;

export const useStorage = () =>
  useQuery<StorageReply>({
    queryKey: usageKey,
    queryFn: ({ signal }) => call(storageReply, '/storage', { signal }),
  });

export const useRetention = () =>
  useQuery<Retention>({
    queryKey: retentionKey,
    queryFn: ({ signal }) => call(retention, '/storage/retention', { signal }),
  });

export function useSetRetention() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: Partial<Retention>) =>
      call(retention, '/storage/retention', { method: 'PUT', body: changes }),
    onSuccess: (now) => client.setQueryData(retentionKey, now),
  });
}

const clean = (dry_run: boolean): Promise<CleanReply> =>
  call(cleanReply, '/storage/clean', { method: 'POST', body: { dry_run } });

/** What cleaning up now would take away. */
export const usePlanClean = () => useMutation({ mutationFn: () => clean(true) });

export function useClean() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => clean(false),
    onSuccess: () => client.invalidateQueries({ queryKey: usageKey }),
  });
}
