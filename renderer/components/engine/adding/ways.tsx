import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../../state/rights.ts';
import { Select } from '../../../ui/controls.tsx';
import { Field } from '../../../ui/field.tsx';
import { Adopt } from './adopt.tsx';
import { Attach } from './attach.tsx';
import { Install } from './install.tsx';

/** The three ways to an engine, on one of the machines that let this studio manage them. */
export function Ways({ agents }: { agents: readonly string[] }) {
  const { t } = useTranslation();
  const may = useMay();
  const [chosen, setChosen] = useState(agents[0] ?? '');
  const agentId = agents.includes(chosen) ? chosen : (agents[0] ?? '');
  if (!may('addEngine')) return <p className="text-soft">{t('engines.adding.onlyOwner')}</p>;
  return (
    <div className="flex flex-col gap-4">
      {agents.length > 1 && (
        <Field id="add-agent" label={t('engines.adding.agent')} className="max-w-sm">
          <Select
            id="add-agent"
            aria-labelledby="add-agent-label"
            value={agentId}
            options={agents.map((agent) => ({ value: agent, label: agent }))}
            onChange={setChosen}
          />
        </Field>
      )}
      <Adopt key={agentId} agentId={agentId} several={agents.length > 1} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Install agentId={agentId} />
        <Attach agentId={agentId} />
      </div>
    </div>
  );
}
