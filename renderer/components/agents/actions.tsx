import { Hand, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { agentApi, useAgentChange } from '../../api/agents.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';

const tell = (error: Error) => void notify.bad(error.message);

/** Forgets an agent, once asked. */
function Remove({ agentId }: { agentId: string }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const remove = useAgentChange(agentApi.remove);
  const name = agentId;
  return (
    <>
      <Button
        look="danger"
        disabled={remove.isPending}
        aria-label={t('agentCare.removeNamed', { name })}
        onClick={() => setAsked(true)}
      >
        <Trash2 size={15} strokeWidth={1.5} aria-hidden />
        {t('agentCare.remove')}
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t('agentCare.removeTitle', { name })}
        body={t('agentCare.removeBody')}
        act={t('agentCare.remove')}
        keep={t('agentCare.keep')}
        danger
        onAct={() =>
          remove.mutate(agentId, {
            onSuccess: ({ key_revoked }) =>
              void notify.done(t(key_revoked ? 'agentCare.removed' : 'agentCare.removedKeyLives', { name })),
            onError: tell,
          })
        }
      />
    </>
  );
}

/** What admins do with an agent. Others see none of it. */
export function AgentActions({ agentId, draining }: { agentId: string; draining: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const drain = useAgentChange((wish: boolean) => agentApi.drain(agentId, wish));
  const Icon = draining ? Play : Hand;
  if (!may('drainAgent') && !may('removeAgent')) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {may('drainAgent') && (
        <Button
          disabled={drain.isPending}
          title={draining ? undefined : t('agentCare.drainHint')}
          onClick={() => drain.mutate(!draining, { onError: tell })}
        >
          <Icon size={15} strokeWidth={1.5} aria-hidden />
          {t(draining ? 'agentCare.resume' : 'agentCare.drain')}
        </Button>
      )}
      {may('removeAgent') && <Remove agentId={agentId} />}
    </div>
  );
}
