import { z } from 'zod';
import { agentList } from '#shared/wire/agents.ts';
import { idReply, successReply } from '#shared/wire/common.ts';
import { presignReply, type presignRequest } from '#shared/wire/files.ts';
import {
  createCredentialReply,
  type createCredentialRequest,
  credentialList,
} from '#shared/wire/identity.ts';
import { inspectWorkflowReply } from '#shared/wire/inspect.ts';
import {
  runReply,
  type runRequest,
  taskDetail,
  taskList,
  type taskListQuery,
  taskResult,
} from '#shared/wire/tasks.ts';
import { type importWorkflowRequest, workflowDetail, workflowList } from '#shared/wire/workflows.ts';
import { call } from './http.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

function search(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length ? `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}` : '';
}

const at = encodeURIComponent;

/** One function per endpoint the desk uses; shapes come from the shared contracts and nowhere else. */
export const api = {
  listWorkflows: (query: Query, signal?: AbortSignal) =>
    call(workflowList, `/r/workflows${search(query)}`, { signal }),
  getWorkflow: (slug: string, signal?: AbortSignal) =>
    call(workflowDetail, `/r/workflows/slug/${at(slug)}`, { signal }),
  importWorkflow: (body: z.input<typeof importWorkflowRequest>) =>
    call(idReply, '/workflows/import', { method: 'POST', body }),
  inspectWorkflow: (workflow: Readonly<Record<string, unknown>>) =>
    call(inspectWorkflowReply, '/workflows/inspect', { method: 'POST', body: { workflow } }),
  runWorkflow: (slug: string, body: z.input<typeof runRequest>) =>
    call(runReply, `/r/workflows/slug/${at(slug)}/run`, { method: 'POST', body }),

  listTasks: (query: z.input<typeof taskListQuery>, signal?: AbortSignal) =>
    call(taskList, `/r/tasks${search(query as Query)}`, { signal }),
  getTask: (id: string, signal?: AbortSignal) => call(taskDetail, `/r/tasks/${at(id)}`, { signal }),
  getResult: (id: string, signal?: AbortSignal) => call(taskResult, `/r/tasks/${at(id)}/result`, { signal }),
  cancelTask: (id: string) => call(successReply, `/r/tasks/${at(id)}/cancel`, { method: 'POST' }),

  presign: (body: z.infer<typeof presignRequest>) =>
    call(presignReply, '/r/files/presign', { method: 'POST', body }),
  listAgents: (signal?: AbortSignal) => call(agentList, '/agents?per_page=100', { signal }),

  listCredentials: (signal?: AbortSignal) => call(credentialList, '/credentials?per_page=100', { signal }),
  createCredential: (body: z.infer<typeof createCredentialRequest>) =>
    call(createCredentialReply, '/credentials', { method: 'POST', body }),
  revokeCredential: (id: string) => call(z.unknown(), `/credentials/${at(id)}`, { method: 'DELETE' }),
};
