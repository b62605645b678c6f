import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentItem } from '#shared/wire/agents.ts';
import { agentApi, useAgentChange } from '../../api/agents.ts';
import { useMay } from '../../state/rights.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Switch } from '../../ui/controls.tsx';
import { notify } from '../../ui/notices.tsx';

/** Lent to other teams or not: the owner decides, once asked; the others are told when it is. */
export function Lend({ agent }: { agent: AgentItem }) {
  const { t } = useTranslation();
  const may = useMay()('lendAgent');
  const [asked, setAsked] = useState(false);
  const lend = useAgentChange((wish: boolean) => agentApi.lend(agent.agent_id, wish));
  const set = (wish: boolean) => lend.mutate(wish, { onError: (error) => void notify.bad(error.message) });
  if (!may) return agent.is_community ? <p className="text-small">{t('agentCare.lent')}</p> : null;
  const id = `lend-${agent.agent_id}`;
  return (
    <div className="flex items-center justify-between gap-4">
      <span id={id} className="text-small text-soft">
        {t('agentCare.lend')}
      </span>
      <Switch
        aria-labelledby={id}
        checked={agent.is_community}
        onChange={(wish) => (wish ? setAsked(true) : set(false))}
      />
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('agentCare.lendTitle', { name: agent.agent_id })}
        body={t('agentCare.lendBody')}
        act={t('agentCare.lendAct')}
        keep={t('agentCare.lendKeep')}
        onAct={() => set(true)}
      />
    </div>
  );
}
