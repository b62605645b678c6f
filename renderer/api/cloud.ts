import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { cloudKeyStatus, cloudProviderList, type SetCloudKeyRequest } from '#shared/wire/cloud.ts';
import { call } from './http.ts';

const path = '/cloud-providers/comfy-cloud';
const key = ['cloud-key'] as const;

/** What is told of the team's key; null when there is none. */
export const useCloudKey = () =>
  useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      (await call(cloudProviderList, '/cloud-providers', { signal })).provider_list[0] ?? null,
  });

export function useSetCloudKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SetCloudKeyRequest) => call(cloudKeyStatus, path, { method: 'PUT', body }),
    onSuccess: (status) => client.setQueryData(key, status),
  });
}

export function useRemoveCloudKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(z.unknown(), path, { method: 'DELETE' }),
    onSuccess: () => client.setQueryData(key, null),
  });
}
