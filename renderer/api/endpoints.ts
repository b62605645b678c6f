import { z } from 'zod';
import { agentList } from '#shared/wire/agents.ts';
import { idReply, successReply } from '#shared/wire/common.ts';
import { presignReply, type presignRequest } from '#shared/wire/files.ts';
import {
  type changePasswordRequest,
  createCredentialReply,
  type createCredentialRequest,
  credentialList,
} from '#shared/wire/identity.ts';
import { inspectWorkflowReply } from '#shared/wire/inspect.ts';
import type { pairConfirmRequest } from '#shared/wire/pairing.ts';
import {
  runReply,
  type runRequest,
  taskDetail,
  taskList,
  type taskListQuery,
  taskResult,
} from '#shared/wire/tasks.ts';
import {
  createInvitationReply,
  type createInvitationRequest,
  type GivenRole,
  invitationList,
  invitationView,
  memberList,
} from '#shared/wire/teams.ts';
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
  starWorkflow: ({ id, starred }: { id: string; starred: boolean }) =>
    call(idReply, `/workflows/${at(id)}/star`, { method: 'PUT', body: { is_starred: starred } }),
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
  changePassword: (body: z.infer<typeof changePasswordRequest>) =>
    call(successReply, '/users/me/password', { method: 'PUT', body }),

  listMembers: (signal?: AbortSignal) => call(memberList, '/members?per_page=100', { signal }),
  setRole: ({ userId, role }: { userId: string; role: GivenRole }) =>
    call(successReply, `/members/${at(userId)}`, { method: 'PUT', body: { member_role: role } }),
  removeMember: (userId: string) => call(z.unknown(), `/members/${at(userId)}`, { method: 'DELETE' }),
  leaveTeam: () => call(successReply, '/teams/current/leave', { method: 'POST' }),
  listInvitations: (signal?: AbortSignal) => call(invitationList, '/invitations?per_page=100', { signal }),
  invite: (body: z.infer<typeof createInvitationRequest>) =>
    call(createInvitationReply, '/invitations', { method: 'POST', body }),
  cancelInvitation: (id: string) => call(z.unknown(), `/invitations/${at(id)}`, { method: 'DELETE' }),
  lookUpInvitation: (invitation_token: string) =>
    call(invitationView, '/auth/invitation', { method: 'POST', body: { invitation_token } }),
  confirmPairing: (body: z.infer<typeof pairConfirmRequest>) =>
    call(z.unknown(), '/desktop/pair/confirm', { method: 'POST', body }),

  revokeCredential: (id: string) => call(z.unknown(), `/credentials/${at(id)}`, { method: 'DELETE' }),
};
