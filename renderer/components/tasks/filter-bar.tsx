import { clsx } from 'clsx';
import { SlidersHorizontal, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAllAgents } from '../../api/agents.ts';
import { useMembers, useWorkflows } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/controls.tsx';
import { RestingSearchField } from '../../ui/search-field.tsx';
import { type FilterChange, narrowed, spans, type TaskFilters } from './filters.ts';

interface BarProps {
  readonly filters: TaskFilters;
  readonly onChange: (change: FilterChange) => void;
}

const statuses = ['waiting', 'running', 'completed', 'failed', 'cancelled'] as const;

/** The states as chips: the first thing one asks of a list of tasks. */
export function StatusChips({ filters, onChange }: BarProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="-mx-4 flex min-w-0 gap-2 overflow-x-auto px-4 py-1 [scrollbar-width:none] sm:mx-0 sm:px-0">
      <legend className="sr-only">{t('task.filter')}</legend>
      {[undefined, ...statuses].map((status) => (
        <button
          key={status ?? 'all'}
          type="button"
          aria-pressed={filters.status === status}
          onClick={() => onChange({ status })}
          className={clsx(
            'h-8 shrink-0 rounded-full border px-3.5 font-medium text-small transition-colors',
            filters.status === status
              ? 'border-text bg-text text-ground'
              : 'border-line text-soft hover:border-faint hover:text-text',
          )}
        >
          {status ? t(`task.status.${status}`) : t('task.all')}
        </button>
      ))}
    </fieldset>
  );
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

const any = 'any';

function Chooser({
  label,
  all,
  value,
  choices,
  onChoose,
}: {
  label: string;
  all: string;
  value: string | undefined;
  choices: readonly Choice[];
  onChoose: (value: string | undefined) => void;
}) {
  // What is asked for in the address is shown even if it is gone.
  const known = value === undefined || choices.some((one) => one.value === value);
  const options = [{ value: any, label: all }, ...choices, ...(known ? [] : [{ value, label: value }])];
  return (
    <Select
      aria-label={label}
      value={value ?? any}
      options={options}
      onChange={(next) => onChoose(next === any ? undefined : next)}
      className={clsx('sm:max-w-48', value !== undefined && 'border-faint font-medium')}
    />
  );
}

function useChoices() {
  const workflows = useWorkflows().data ?? [];
  const agents = useAllAgents().data;
  const members = useMembers().data ?? [];
  const names = [...(agents?.agent_list ?? []), ...(agents?.away_list ?? [])].map(({ agent_id }) => agent_id);
  return {
    workflows: workflows.map(({ id, display_name }) => ({ value: id, label: display_name })),
    agents: names.map((name) => ({ value: name, label: name })),
    people: members.map(({ user_id, display_name }) => ({ value: user_id, label: display_name })),
  };
}

function Choosers({ filters, onChange }: BarProps) {
  const { t } = useTranslation();
  const { workflows, agents, people } = useChoices();
  const since = (Object.keys(spans) as (keyof typeof spans)[]).map((value) => ({
    value,
    label: t(`tasks.sinceWords.${value}`),
  }));
  return (
    <>
      <Chooser
        label={t('tasks.workflow')}
        all={t('tasks.anyWorkflow')}
        value={filters.workflow}
        choices={workflows}
        onChoose={(workflow) => onChange({ workflow })}
      />
      <Chooser
        label={t('tasks.agent')}
        all={t('tasks.anyAgent')}
        value={filters.agent}
        choices={agents}
        onChoose={(agent) => onChange({ agent })}
      />
      <Chooser
        label={t('tasks.person')}
        all={t('tasks.anyPerson')}
        value={filters.person}
        choices={people}
        onChoose={(person) => onChange({ person })}
      />
      <Chooser
        label={t('tasks.since')}
        all={t('tasks.sinceWords.any')}
        value={filters.since}
        choices={since}
        onChoose={(next) => onChange({ since: next })}
      />
    </>
  );
}

const nothing: FilterChange = {
  workflow: undefined,
  agent: undefined,
  person: undefined,
  text: undefined,
  since: undefined,
};

/** Search and filters; on a phone the choices lie behind a button. */
export function FilterBar({ filters, onChange }: BarProps) {
  const { t } = useTranslation();
  const count = narrowed(filters);
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <RestingSearchField
        label={t('tasks.search')}
        value={filters.text ?? ''}
        onChange={(text) => onChange({ text })}
        className="min-w-0 basis-56"
      />
      <Button
        className="h-10 lg:hidden"
        aria-expanded={open}
        aria-controls="task-choices"
        onClick={() => setOpen(!open)}
      >
        <SlidersHorizontal size={16} strokeWidth={1.5} aria-hidden />
        {t('tasks.filters')}
        {count > 0 && <span className="tabular text-soft">{count}</span>}
      </Button>
      <div
        id="task-choices"
        className={clsx('grid-cols-2 gap-2 max-lg:w-full sm:grid-cols-4 lg:flex', open ? 'grid' : 'hidden')}
      >
        <Choosers filters={filters} onChange={onChange} />
      </div>
      {count > 0 && (
        <Button look="quiet" className="h-10" onClick={() => onChange(nothing)}>
          <X size={16} strokeWidth={1.5} aria-hidden />
          {t('tasks.clear')}
        </Button>
      )}
    </div>
  );
}
