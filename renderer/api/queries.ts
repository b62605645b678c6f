import {
  keepPreviousData,
  QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { z } from 'zod';
import { isTerminal, type TaskStatus } from '#shared/task-states.ts';
import type { runRequest, TaskDetail } from '#shared/wire/tasks.ts';
import type { importWorkflowRequest } from '#shared/wire/workflows.ts';
import { api } from './endpoints.ts';
import { ApiError } from './http.ts';

export const keys = {
  workflows: ['workflows'] as const,
  workflow: (slug: string) => ['workflows', slug] as const,
  tasks: ['tasks'] as const,
  task: (id: string) => ['task', id] as const,
  result: (id: string) => ['result', id] as const,
  agents: ['agents'] as const,
  engines: ['engines'] as const,
  credentials: ['credentials'] as const,
  members: ['members'] as const,
  invitations: ['invitations'] as const,
  outputs: ['outputs'] as const,
  models: ['models'] as const,
  webhooks: ['webhooks'] as const,
};

/** Events keep the cache fresh; only what the gateway did not answer is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) =>
        count < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

export const useWorkflows = () =>
  useQuery({
    queryKey: keys.workflows,
    queryFn: async ({ signal }) => (await api.listWorkflows({ per_page: 100 }, signal)).workflow_list,
  });

export const useWorkflow = (slug: string) =>
  useQuery({ queryKey: keys.workflow(slug), queryFn: ({ signal }) => api.getWorkflow(slug, signal) });

interface TaskFilter {
  readonly status?: TaskStatus;
  readonly workflow_id?: string;
}

/** The newest tasks, one page of `count`. */
export const useTasks = (filter: TaskFilter, count = 20, enabled = true) =>
  useQuery({
    queryKey: [...keys.tasks, 'page', filter, count],
    queryFn: async ({ signal }) => (await api.listTasks({ ...filter, per_page: count }, signal)).task_list,
    placeholderData: keepPreviousData,
    enabled,
  });

export const useTask = (id: string) =>
  useQuery({ queryKey: keys.task(id), queryFn: ({ signal }) => api.getTask(id, signal) });

export const resultQuery = (id: string) =>
  queryOptions({
    queryKey: keys.result(id),
    queryFn: ({ signal }) => api.getResult(id, signal),
    staleTime: 10 * 60_000, // a finished task never changes; its signed addresses live for an hour
  });

export const useResult = (task: TaskDetail | undefined) =>
  useQuery({ ...resultQuery(task?.id ?? ''), enabled: task !== undefined && isTerminal(task.task_status) });

export const useAgents = () =>
  useQuery({
    queryKey: keys.agents,
    queryFn: ({ signal }) => api.listAgents(signal),
    select: ({ agent_list }) => agent_list,
    refetchInterval: 15_000, // free memory and load are measured, not announced
  });

export const useCredentials = () =>
  useQuery({ queryKey: keys.credentials, queryFn: ({ signal }) => api.listCredentials(signal) });

function useRefreshing(...stale: readonly (readonly string[])[]) {
  const client = useQueryClient();
  return () => Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey })));
}

export const useImportWorkflow = () =>
  useMutation({
    mutationFn: (body: z.input<typeof importWorkflowRequest>) => api.importWorkflow(body),
    onSuccess: useRefreshing(keys.workflows),
  });

export const useStarWorkflow = () =>
  useMutation({ mutationFn: api.starWorkflow, onSettled: useRefreshing(keys.workflows) });

export const useRunWorkflow = () =>
  useMutation({
    mutationFn: ({
      slug,
      parameters,
    }: {
      slug: string;
      parameters: z.input<typeof runRequest>['parameters'];
    }) => api.runWorkflow(slug, { parameters }),
    onSuccess: useRefreshing(keys.tasks),
  });

export const useCancelTask = () =>
  useMutation({
    mutationFn: (id: string) => api.cancelTask(id),
    onSuccess: useRefreshing(keys.tasks, ['task']),
  });

export const useCreateCredential = () =>
  useMutation({ mutationFn: api.createCredential, onSuccess: useRefreshing(keys.credentials) });

export const useRevokeCredential = () =>
  useMutation({ mutationFn: api.revokeCredential, onSuccess: useRefreshing(keys.credentials) });

export const useMembers = () =>
  useQuery({
    queryKey: keys.members,
    queryFn: async ({ signal }) => (await api.listMembers(signal)).member_list,
  });

export const useInvitations = () =>
  useQuery({
    queryKey: keys.invitations,
    queryFn: async ({ signal }) => (await api.listInvitations(signal)).invitation_list,
  });

export const useSetRole = () =>
  useMutation({ mutationFn: api.setRole, onSuccess: useRefreshing(keys.members) });

export const useRemoveMember = () =>
  useMutation({ mutationFn: api.removeMember, onSuccess: useRefreshing(keys.members) });

export const useInvite = () =>
  useMutation({ mutationFn: api.invite, onSuccess: useRefreshing(keys.invitations) });

export const useCancelInvitation = () =>
  useMutation({ mutationFn: api.cancelInvitation, onSuccess: useRefreshing(keys.invitations) });
