import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { studioFacts } from '#shared/wire/about.ts';
import { idReply, successReply } from '#shared/wire/common.ts';
import { featureFlags, type updateFeaturesRequest } from '#shared/wire/features.ts';
import { profile, type UpdateProfileRequest } from '#shared/wire/identity.ts';
import { queueState } from '#shared/wire/queue.ts';
import { call } from './http.ts';

const post = { method: 'POST' } as const;

/** The endpoints of what surrounds the pages: the studio, its queue, its teams, its limits. */
export const shellApi = {
  studio: (signal?: AbortSignal) => call(studioFacts, '/studio', { signal }),
  queue: (signal?: AbortSignal) => call(queueState, '/r/queue', { signal }),
  pause: (paused: boolean) => call(successReply, `/queue/${paused ? 'pause' : 'resume'}`, post),
  features: (signal?: AbortSignal) => call(featureFlags, '/features', { signal }),
  setFeatures: (body: z.input<typeof updateFeaturesRequest>) =>
    call(featureFlags, '/features', { method: 'PUT', body }),
  updateProfile: (body: UpdateProfileRequest) => call(profile, '/users/me', { method: 'PUT', body }),
  createTeam: (name: string) => call(idReply, '/teams', { ...post, body: { display_name: name } }),
  renameTeam: (name: string) =>
    call(idReply, '/teams/current', { method: 'PUT', body: { display_name: name } }),
  transferTeam: (userId: string) =>
    call(successReply, '/teams/current/transfer', { ...post, body: { new_owner_id: userId } }),
  deleteTeam: () => call(z.unknown(), '/teams/current', { method: 'DELETE' }),
};

export const shellKeys = {
  studio: ['studio'] as const,
  queue: ['queue'] as const,
  features: ['features'] as const,
};

export const useStudio = () =>
  useQuery({
    queryKey: shellKeys.studio,
    queryFn: ({ signal }) => shellApi.studio(signal),
    refetchInterval: 5 * 60_000, // the disk fills without telling
  });

export const useQueue = () =>
  useQuery({ queryKey: shellKeys.queue, queryFn: ({ signal }) => shellApi.queue(signal) });

export function usePause() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: shellApi.pause,
    onSettled: () => client.invalidateQueries({ queryKey: shellKeys.queue }),
  });
}

export const useFeatures = () =>
  useQuery({ queryKey: shellKeys.features, queryFn: ({ signal }) => shellApi.features(signal) });

export function useSetFeatures() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: shellApi.setFeatures,
    onSuccess: (flags) => client.setQueryData(shellKeys.features, flags),
  });
}
