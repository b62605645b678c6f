import { z } from 'zod';
import { agentDecision, agentUpdate, lendAgentRequest, removeAgentReply } from '#shared/wire/agents.ts';
import { agentStatistics, statisticsQuery } from '#shared/wire/statistics.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const words = { tag: 'agent', ours: true } as const;
const byId = z.object({ agentId: z.string().max(100) });

/** What a team does with its agents, whether they are connected or away. */
export function agentCareRoutes(app: App, rooms: Rooms): void {
  labelRoute(app, rooms);
  drainRoutes(app, rooms);
  lendRoute(app, rooms);
  removeRoute(app, rooms);
  statisticsRoute(app, rooms);
}

function labelRoute(app: App, { identity, agents, roster }: Rooms): void {
  app.put(
    '/agents/:agentId',
    {
      onRequest: permit(identity, 'updateAgent'),
      schema: describe(
        { ...words, id: 'updateAgent', summary: 'Set the labels that the team adds to an agent' },
        { params: byId, body: agentUpdate },
        { 200: agentDecision },
      ),
    },
    async (request) => {
      const { teamId } = callerOf(request);
      const { agentId } = request.params;
      const decided = await roster.setLabels(teamId, agentId, request.body.added_labels);
      agents.decided(teamId, agentId);
      return decided;
    },
  );
}

function drainRoutes(app: App, { identity, agents, roster }: Rooms): void {
  for (const [verb, draining, summary, description] of [
    [
      'drain',
      true,
      'Give an agent no more tasks',
      'It finishes what it has, and stays connected. Holds until it is resumed, also after a restart of the gateway.',
    ],
    ['resume', false, 'Give an agent tasks again', 'One that is not drained stays as it is.'],
  ] as const) {
    app.post(
      `/agents/:agentId/${verb}`,
      {
        onRequest: permit(identity, `${verb}Agent`),
        schema: describe(
          { ...words, id: `${verb}Agent`, summary, description },
          { params: byId },
          { 200: agentDecision },
        ),
      },
      async (request) => {
        const { teamId } = callerOf(request);
        const { agentId } = request.params;
        const decided = await roster.setDraining(teamId, agentId, draining);
        agents.decided(teamId, agentId);
        return decided;
      },
    );
  }
}

function lendRoute(app: App, { identity, agents, roster }: Rooms): void {
  app.put(
    '/agents/:agentId/community',
    {
      onRequest: permit(identity, 'lendAgent'),
      schema: describe(
        {
          ...words,
          id: 'lendAgent',
          summary: 'Lend an agent to the community pool, or take it back',
          description:
            'It takes tasks of other teams that ask for the pool, one at a time and after all that wait for this team’s ' +
            'agents. It runs only ComfyUI’s own nodes for them and opens only files that came with a task; neither side ' +
            'learns the other’s names.',
        },
        { params: byId, body: lendAgentRequest },
        { 200: agentDecision },
      ),
    },
    async (request) => {
      const { teamId } = callerOf(request);
      const { agentId } = request.params;
      const decided = await roster.setCommunity(teamId, agentId, request.body.is_community);
      agents.decided(teamId, agentId);
      return decided;
    },
  );
}

function removeRoute(app: App, { identity, agents, roster }: Rooms): void {
  app.delete(
    '/agents/:agentId',
    {
      onRequest: permit(identity, 'removeAgent'),
      schema: describe(
        {
          ...words,
          id: 'removeAgent',
          summary: 'Remove an agent',
          description:
            'It is sent away and forgotten, its labels too; what it was running goes back in line. Its key is revoked ' +
            'when no other agent uses it. The built-in agent is a 409.',
          errors: [409],
        },
        { params: byId },
        { 200: removeAgentReply },
      ),
    },
    async (request) => {
      const { teamId } = callerOf(request);
      const { agentId } = request.params;
      const key = await roster.remove(teamId, agentId);
      // The key first: or the agent would be back before it is dead.
      if (key !== undefined) await identity.credentials.revoke(teamId, key);
      await agents.sendAway(teamId, agentId);
      return { is_success: true as const, key_revoked: key !== undefined };
    },
  );
}

function statisticsRoute(app: App, { identity, roster, tasks }: Rooms): void {
  app.get(
    '/agents/:agentId/statistics',
    {
      onRequest: permit(identity, 'getAgentStatistics'),
      schema: describe(
        {
          ...words,
          id: 'getAgentStatistics',
          summary: 'Get statistics of an agent',
          description: 'Of its attempts that ended in a window, whatever became of their tasks.',
        },
        { params: byId, querystring: statisticsQuery },
        { 200: agentStatistics },
      ),
    },
    (request) => {
      const { teamId } = callerOf(request);
      return tasks.statistics.agent(roster.get(teamId, request.params.agentId), request.query);
    },
  );
}
