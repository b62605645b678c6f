import { z } from 'zod';
import { idReply, successReply } from '#shared/wire/common.ts';
import {
  type fetchModelRequest,
  inventoryReply,
  modelFetchList,
  modelSummary,
  presignModelReply,
  type presignModelRequest,
  type registerModelRequest,
  type updateModelRequest,
} from '#shared/wire/models.ts';
import {
  completeMultipartReply,
  initiateMultipartReply,
  multipartReply,
  presignPartReply,
} from '#shared/wire/multipart.ts';
import { call } from './http.ts';

const at = encodeURIComponent;

export interface InventoryWish {
  readonly folder?: string | undefined;
  readonly agent_id?: string | undefined;
  readonly text?: string | undefined;
  readonly current_page: number;
}

const inventorySearch = (wish: InventoryWish) =>
  new URLSearchParams(
    Object.entries(wish)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([key, value]) => [key, String(value)]),
  );

/** The endpoints of models, one function each. */
export const modelApi = {
  summary: (signal?: AbortSignal) => call(modelSummary, '/models/summary', { signal }),
  inventory: (wish: InventoryWish, signal?: AbortSignal) =>
    call(inventoryReply, `/models/inventory?${inventorySearch(wish)}`, { signal }),
  update: (id: string, body: z.input<typeof updateModelRequest>) =>
    call(idReply, `/models/${at(id)}`, { method: 'PUT', body }),
  remove: (id: string) => call(successReply, `/models/${at(id)}`, { method: 'DELETE' }),

  fetches: (signal?: AbortSignal) => call(modelFetchList, '/models/fetches', { signal }),
  fetch: (body: z.input<typeof fetchModelRequest>) =>
    call(idReply, '/models/fetch', { method: 'POST', body }),
  retryFetch: (id: string) => call(successReply, `/models/fetches/${at(id)}/retry`, { method: 'POST' }),
  removeFetch: (id: string) => call(successReply, `/models/fetches/${at(id)}`, { method: 'DELETE' }),

  presign: (body: z.input<typeof presignModelRequest>) =>
    call(presignModelReply, '/models/presign', { method: 'POST', body }),
  register: (body: z.input<typeof registerModelRequest>) =>
    call(idReply, '/models', { method: 'POST', body }),
  initiate: (storage_key: string, file_size: number) =>
    call(initiateMultipartReply, '/uploads/multipart/initiate', {
      method: 'POST',
      body: { storage_key, file_size },
    }),
  upload: (id: string) => call(multipartReply, `/uploads/multipart/${at(id)}`),
  part: (id: string, part_number: number) =>
    call(presignPartReply, `/uploads/multipart/${at(id)}/parts`, { method: 'POST', body: { part_number } }),
  complete: (id: string) =>
    call(completeMultipartReply, `/uploads/multipart/${at(id)}/complete`, { method: 'POST', body: {} }),
  abort: (id: string) => call(z.unknown(), `/uploads/multipart/${at(id)}`, { method: 'DELETE' }),
};
