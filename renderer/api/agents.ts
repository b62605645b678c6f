import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { agentDecision, removeAgentReply } from '#shared/wire/agents.ts';
import { agentStatistics } from '#shared/wire/statistics.ts';
import { api } from './endpoints.ts';
import { call } from './http.ts';
import { keys } from './queries.ts';

const at = (agentId: string) => `/agents/${encodeURIComponent(agentId)}`;

export const agentApi = {
  label: (agentId: string, added_labels: readonly string[]) =>
    call(agentDecision, at(agentId), { method: 'PUT', body: { added_labels } }),
  drain: (agentId: string, drain: boolean) =>
    call(agentDecision, `${at(agentId)}/${drain ? 'drain' : 'resume'}`, { method: 'POST' }),
  lend: (agentId: string, is_community: boolean) =>
    call(agentDecision, `${at(agentId)}/community`, { method: 'PUT', body: { is_community } }),
  remove: (agentId: string) => call(removeAgentReply, at(agentId), { method: 'DELETE' }),
  statistics: (agentId: string, from: string, signal?: AbortSignal) =>
    call(agentStatistics, `${at(agentId)}/statistics?from=${encodeURIComponent(from)}`, { signal }),
};

/** Those that are here, and those that were. */
export const useAllAgents = () =>
  useQuery({
    queryKey: keys.agents,
    queryFn: ({ signal }) => api.listAgents(signal),
    refetchInterval: 15_000,
  });

const dayMs = 86_400_000;

/** The last week of an agent, counted again when it has finished something. */
export const useAgentWeek = (agentId: string, finished: number) =>
  useQuery({
    queryKey: ['agent-week', agentId, finished],
    queryFn: ({ signal }) =>
      agentApi.statistics(agentId, new Date(Date.now() - 7 * dayMs).toISOString(), signal),
    placeholderData: (before) => before,
  });

export function useAgentChange<Input, Reply>(change: (input: Input) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: keys.agents }),
  });
}
