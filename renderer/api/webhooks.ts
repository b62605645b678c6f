import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { idReply } from '#shared/wire/common.ts';
import { featureFlags } from '#shared/wire/features.ts';
import {
  type CreateWebhookRequest,
  createWebhookReply,
  rotateWebhookSecretReply,
  type UpdateWebhookRequest,
  webhookDelivery,
  webhookDeliveryList,
  webhookDetail,
  webhookList,
} from '#shared/wire/webhooks.ts';
import { call } from './http.ts';
import { keys } from './queries.ts';

const at = (id: string) => `/webhooks/${encodeURIComponent(id)}`;

export const useWebhooks = () =>
  useQuery({
    queryKey: keys.webhooks,
    queryFn: async ({ signal }) =>
      (await call(webhookList, '/webhooks?per_page=100', { signal })).webhook_list,
  });

export const useWebhook = (id: string) =>
  useQuery({
    queryKey: [...keys.webhooks, id],
    queryFn: ({ signal }) => call(webhookDetail, at(id), { signal }),
  });

export const useDeliveries = (id: string) =>
  useQuery({
    queryKey: [...keys.webhooks, id, 'log'],
    queryFn: async ({ signal }) =>
      (await call(webhookDeliveryList, `${at(id)}/deliveries?per_page=50`, { signal })).delivery_list,
  });

function useChange<Wish, Reply>(change: (wish: Wish) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.webhooks }),
  });
}

export const useCreateWebhook = () =>
  useChange((body: CreateWebhookRequest) => call(createWebhookReply, '/webhooks', { method: 'POST', body }));

export const useUpdateWebhook = (id: string) =>
  useChange((body: UpdateWebhookRequest) => call(idReply, at(id), { method: 'PUT', body }));

export function useDeleteWebhook(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(z.unknown(), at(id), { method: 'DELETE' }),
    // The list alone, and without waiting for it: what is open about it would ask for what is gone.
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.webhooks, exact: true }),
  });
}

export const useRotateSecret = (id: string) =>
  useChange(() => call(rotateWebhookSecretReply, `${at(id)}/rotate-secret`, { method: 'POST' }));

export const useTestWebhook = (id: string) =>
  useChange(() => call(webhookDelivery, `${at(id)}/test`, { method: 'POST' }));

const privateKey = ['features', 'private_webhooks'] as const;

/** May webhooks go into the own network? Only the studio's owner may ask and say. */
export const usePrivateTargets = (enabled: boolean) =>
  useQuery({
    queryKey: privateKey,
    queryFn: async ({ signal }) =>
      (await call(featureFlags, '/features', { signal })).global.features.private_webhooks === true,
    enabled,
  });

export function useAllowPrivateTargets() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (private_webhooks: boolean) =>
      call(featureFlags, '/features', {
        method: 'PUT',
        body: { global: { features: { private_webhooks } } },
      }),
    onSuccess: ({ global }) => client.setQueryData(privateKey, global.features.private_webhooks === true),
  });
}
