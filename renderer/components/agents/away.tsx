import { useTranslation } from 'react-i18next';
import type { AwayAgent } from '#shared/wire/agents.ts';
import { ago } from '../format.ts';
import { Section } from '../page.tsx';
import { AgentActions } from './actions.tsx';
import { Labels } from './labels.tsx';
import { StandingMark } from './light.tsx';

/** Machines that were here: they come back by themselves, or are forgotten by hand. */
export function Away({ agents, now }: { agents: readonly AwayAgent[]; now: number }) {
  const { t } = useTranslation();
  if (agents.length === 0) return null;
  return (
    <Section title={t('agentCare.awayTitle')}>
      <ul className="divide-y divide-line rounded-card border border-line bg-surface">
        {agents.map((agent) => (
          <li
            key={agent.agent_id}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-4"
          >
            <div className="min-w-48 flex-1">
              <p className="truncate font-medium">{agent.agent_id}</p>
              <p className="text-small text-soft">
                {t('agentCare.lastSeen', { when: ago(agent.last_seen_at, now) })}
                {agent.hostname && agent.hostname !== agent.agent_id && `, ${agent.hostname}`}
              </p>
            </div>
            {agent.added_labels.length > 0 && (
              <Labels agentId={agent.agent_id} all={agent.added_labels} added={agent.added_labels} />
            )}
            <StandingMark standing={agent.is_draining ? 'drained' : 'away'} />
            <AgentActions agentId={agent.agent_id} draining={agent.is_draining} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
