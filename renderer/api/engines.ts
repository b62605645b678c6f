import type { z } from 'zod';
import { successReply } from '#shared/wire/common.ts';
import {
  type addEngineRequest,
  foundList,
  type InstallWish,
  installPlanReply,
} from '#shared/wire/engine-adding.ts';
import {
  type installPackRequest,
  packList,
  packPlanReply,
  removedPackReply,
  restorePlanReply,
  type settleUpdateRequest,
  snapshotItem,
  snapshotList,
  updatePlanReply,
  type updateRequest,
} from '#shared/wire/engine-changes.ts';
import { type MissingPacksRequest, missingPackList } from '#shared/wire/engine-missing.ts';
import {
  engineIdReply,
  engineList,
  engineLog,
  engineSettings,
  type LogQuery,
  removedEngineReply,
  type updateEngineRequest,
} from '#shared/wire/engines.ts';
import { call } from './http.ts';

/** Which engine: its name is unique on its agent only. */
export interface EngineRef {
  readonly agent_id: string;
  readonly engine_id: string;
}

/** What takes no more words than the engine's name. */
export type EngineAction = 'start' | 'stop' | 'restart' | 'free' | 'resume' | 'cancel' | 'dismiss';

const at = encodeURIComponent;
const ofAgent = (agentId: string) => `/agents/${at(agentId)}/engines`;
const of = (ref: EngineRef) => `${ofAgent(ref.agent_id)}/${at(ref.engine_id)}`;

export interface LogWish extends Partial<Pick<LogQuery, 'search' | 'after'>> {
  readonly lines: number;
  readonly level: LogQuery['level'];
}

const logSearch = (wish: LogWish) =>
  new URLSearchParams(
    Object.entries(wish)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([key, value]) => [key, String(value)]),
  );

/** The endpoints of the engines, one function each. */
export const engineApi = {
  list: (signal?: AbortSignal) => call(engineList, '/engines', { signal }),
  discover: (agentId: string, signal?: AbortSignal) =>
    call(foundList, `${ofAgent(agentId)}/discover`, { method: 'POST', signal }),
  plan: (agentId: string, wish: InstallWish, signal?: AbortSignal) =>
    call(installPlanReply, `${ofAgent(agentId)}/plan`, { method: 'POST', body: wish, signal }),
  add: (agentId: string, wish: z.input<typeof addEngineRequest>) =>
    call(engineIdReply, ofAgent(agentId), { method: 'POST', body: wish }),
  act: (ref: EngineRef, action: EngineAction) =>
    call(successReply, `${of(ref)}/${action}`, { method: 'POST' }),
  remove: (ref: EngineRef, deleteFiles: boolean) =>
    call(removedEngineReply, `${of(ref)}?delete_files=${deleteFiles}`, { method: 'DELETE' }),
  settings: (ref: EngineRef, signal?: AbortSignal) => call(engineSettings, `${of(ref)}/settings`, { signal }),
  change: (ref: EngineRef, body: z.input<typeof updateEngineRequest>) =>
    call(successReply, `${of(ref)}/settings`, { method: 'PUT', body }),
  log: (ref: EngineRef, wish: LogWish, signal?: AbortSignal) =>
    call(engineLog, `${of(ref)}/log?${logSearch(wish)}`, { signal }),

  packs: (ref: EngineRef, signal?: AbortSignal) => call(packList, `${of(ref)}/packs`, { signal }),
  missingPacks: (ref: EngineRef, body: MissingPacksRequest, signal?: AbortSignal) =>
    call(missingPackList, `${of(ref)}/packs/missing`, { method: 'POST', body, signal }),
  installPack: (ref: EngineRef, body: z.input<typeof installPackRequest>, signal?: AbortSignal) =>
    call(packPlanReply, `${of(ref)}/packs`, { method: 'POST', body, signal }),
  enablePack: (ref: EngineRef, name: string, enabled: boolean) =>
    call(successReply, `${of(ref)}/packs/${at(name)}`, { method: 'PUT', body: { enabled } }),
  removePack: (ref: EngineRef, name: string) =>
    call(removedPackReply, `${of(ref)}/packs/${at(name)}`, { method: 'DELETE' }),

  snapshots: (ref: EngineRef, signal?: AbortSignal) => call(snapshotList, `${of(ref)}/snapshots`, { signal }),
  takeSnapshot: (ref: EngineRef) => call(snapshotItem, `${of(ref)}/snapshots`, { method: 'POST' }),
  restore: (ref: EngineRef, snapshotId: string, dryRun: boolean, signal?: AbortSignal) =>
    call(restorePlanReply, `${of(ref)}/snapshots/${at(snapshotId)}/restore`, {
      method: 'POST',
      body: { dry_run: dryRun },
      signal,
    }),
  update: (ref: EngineRef, body: z.input<typeof updateRequest>, signal?: AbortSignal) =>
    call(updatePlanReply, `${of(ref)}/update`, { method: 'POST', body, signal }),
  settle: (ref: EngineRef, how: z.infer<typeof settleUpdateRequest>['how'], insist = false) =>
    call(successReply, `${of(ref)}/update/settle`, { method: 'POST', body: { how, insist } }),
};
