import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { agentUpdate } from '#shared/wire/agents.ts';
import { agentApi, useAgentChange } from '../../api/agents.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { controlClass } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';

interface LabelsProps {
  readonly agentId: string;
  /** All that count, and those of them that were added here. */
  readonly all: readonly string[];
  readonly added: readonly string[];
}

const chip = 'inline-flex h-7 items-center rounded-full border border-line pl-2.5 text-small text-soft';

/** What an agent is good for: what it tells itself stays, what was added here can be taken away again. */
export function Labels({ agentId, all, added }: LabelsProps) {
  const { t } = useTranslation();
  const may = useMay()('updateAgent');
  const change = useAgentChange((labels: readonly string[]) => agentApi.label(agentId, labels));
  const set = (labels: readonly string[], done?: () => void) =>
    change.mutate(labels, {
      onSuccess: () => done?.(),
      onError: (error) => void notify.bad(error.message),
    });
  if (all.length === 0 && !may) return null;
  return (
    <div>
      <h3 className="mb-1.5 text-small text-soft">{t('agentCare.labels')}</h3>
      <ul className="flex flex-wrap items-center gap-1.5">
        {all.map((label) =>
          may && added.includes(label) ? (
            <li key={label} className={chip}>
              <span className="text-text">{label}</span>
              <button
                type="button"
                disabled={change.isPending}
                aria-label={t('agentCare.removeLabel', { label })}
                onClick={() => set(added.filter((one) => one !== label))}
                className="flex size-7 items-center justify-center rounded-full hover:text-text"
              >
                <X size={13} strokeWidth={1.5} aria-hidden />
              </button>
            </li>
          ) : (
            <li key={label} className={`${chip} pr-2.5`} title={t('agentCare.toldLabel')}>
              {label}
            </li>
          ),
        )}
        {may && (
          <li>
            <AddLabel
              agentId={agentId}
              busy={change.isPending}
              onAdd={(label, done) => set([...added, label], done)}
            />
          </li>
        )}
      </ul>
    </div>
  );
}

function AddLabel({
  agentId,
  busy,
  onAdd,
}: {
  agentId: string;
  busy: boolean;
  onAdd: (label: string, done: () => void) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const label = typed.trim();
    if (label === '') return;
    if (agentUpdate.safeParse({ added_labels: [label] }).success) onAdd(label, () => setTyped(''));
    else notify.bad(t('agentCare.labelRule'));
  };
  return (
    <form onSubmit={submit} className="flex items-center gap-1">
      <input
        aria-label={t('agentCare.addLabel', { name: agentId })}
        placeholder={t('agentCare.addPlaceholder')}
        value={typed}
        maxLength={100}
        onChange={(event) => setTyped(event.target.value)}
        className={`${controlClass} h-7 w-28! rounded-full! text-small`}
      />
      {typed.trim() !== '' && (
        <Button
          type="submit"
          look="quiet"
          size="icon"
          className="size-7!"
          disabled={busy}
          aria-label={t('agentCare.addPlaceholder')}
        >
          <Plus size={14} strokeWidth={1.5} aria-hidden />
        </Button>
      )}
    </form>
  );
}
