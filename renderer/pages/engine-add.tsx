import { useTranslation } from 'react-i18next';
import { useEngines } from '../api/engine-queries.ts';
import { Ways } from '../components/engine/adding/ways.tsx';
import { Page } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { Blank } from '../ui/blank.tsx';
import { LinkButton } from '../ui/button.tsx';

/** One more engine. */
export default function EngineAdd() {
  const { t } = useTranslation();
  const query = useEngines();
  return (
    <Page
      title={t('engines.adding.title')}
      actions={<LinkButton href="/engines">{t('engines.backToAll')}</LinkButton>}
    >
      <Settled query={query}>
        {({ agent_list: agents }) => {
          const manageable = agents.filter(({ managed }) => managed).map(({ agent_id }) => agent_id);
          if (manageable.length > 0) return <Ways agents={manageable} />;
          return agents.length === 0 ? (
            <Blank title={t('engines.noAgentTitle')} body={t('engines.noAgentBody')} />
          ) : (
            <p className="text-soft">
              {t('engines.notManaged', { agent: agents.map(({ agent_id }) => agent_id).join(', ') })}
            </p>
          );
        }}
      </Settled>
    </Page>
  );
}
