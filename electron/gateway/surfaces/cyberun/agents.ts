import { agentList } from '#shared/wire/agents.ts';
import { paginationQuery } from '#shared/wire/common.ts';
import { agentItem } from '../../agents/view.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

/** Connected agents (Cyberun spec 3.13); one that went away is told apart. */
export function agentRoutes(app: App, { identity, agents, roster }: Rooms): void {
  for (const [url, id] of [
    ['/agents', 'listAgents'],
    ['/r/agents', 'listRuntimeAgents'],
  ] as const) {
    app.get(
      url,
      {
        onRequest: permit(identity, id),
        schema: describe(
          { tag: 'agent', id, summary: 'List connected agents' },
          { querystring: paginationQuery },
          { 200: agentList },
        ),
      },
      (request) => {
        const { current_page, per_page } = request.query;
        const { teamId } = callerOf(request);
        const all = agents.list(teamId);
        const page = all.slice((current_page - 1) * per_page, current_page * per_page);
        return {
          agent_list: page.map(agentItem),
          page_meta: { current_page, per_page, total_count: all.length },
          away_list:
            current_page === 1 ? roster.away(teamId, (agentId) => agents.isConnected(teamId, agentId)) : [],
        };
      },
    );
  }
}
