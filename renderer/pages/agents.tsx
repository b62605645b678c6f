import { useTranslation } from 'react-i18next';
import { useAgents } from '../api/queries.ts';
import { AgentCard } from '../components/agent-card.tsx';
import { Page } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { useNow } from '../components/use-now.ts';
import { Blank } from '../ui/blank.tsx';

export default function Agents() {
  const { t } = useTranslation();
  const query = useAgents();
  const now = useNow(true, 30_000);
  return (
    <Page title={t('agents.title')} subtitle={t('agents.subtitle')}>
      <Settled query={query}>
        {(agents) =>
          agents.length ? (
            <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
              {agents.map((agent) => (
                <li key={agent.agent_id}>
                  <AgentCard agent={agent} now={now} />
                </li>
              ))}
            </ul>
          ) : (
            <Blank title={t('agents.emptyTitle')} body={t('agents.emptyBody')} />
          )
        }
      </Settled>
    </Page>
  );
}
