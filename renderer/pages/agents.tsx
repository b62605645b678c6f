import { useTranslation } from 'react-i18next';
import { useAllAgents } from '../api/agents.ts';
import { Away } from '../components/agents/away.tsx';
import { AgentCard } from '../components/agents/card.tsx';
import { Page } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { useNow } from '../components/use-now.ts';
import { Blank } from '../ui/blank.tsx';

export default function Agents() {
  const { t } = useTranslation();
  const query = useAllAgents();
  const now = useNow(true, 30_000);
  return (
    <Page title={t('agents.title')} subtitle={t('agents.subtitle')}>
      <Settled query={query}>
        {({ agent_list, away_list }) => (
          <>
            {agent_list.length === 0 ? (
              <Blank title={t('agents.emptyTitle')} body={t('agents.emptyBody')} />
            ) : (
              <ul className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
                {agent_list.map((agent) => (
                  <li key={agent.agent_id} className="min-w-0">
                    <AgentCard agent={agent} now={now} />
                  </li>
                ))}
              </ul>
            )}
            <Away agents={away_list} now={now} />
          </>
        )}
      </Settled>
    </Page>
  );
}
