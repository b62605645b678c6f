import { ChevronDown, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Graph } from '#shared/comfy/graph.ts';
import { titleOf } from '#shared/comfy/propose/shape.ts';
import { type ParameterDef, parameterTypes } from '#shared/wire/workflows.ts';
import { Select, Switch } from '../../ui/controls.tsx';
import { controlClass, Field } from '../../ui/field.tsx';

type Edit = (change: Partial<ParameterDef>) => void;

function Bound({ def, edit, name }: { def: ParameterDef; edit: Edit; name: 'min' | 'max' | 'step' }) {
  const { t } = useTranslation();
  const id = `${def.key}-${name}`;
  return (
    <Field id={id} label={t(`importing.${name}`)} className="min-w-0 flex-1">
      <input
        id={id}
        type="number"
        step="any"
        className={`${controlClass} tabular h-9`}
        value={def[name] ?? ''}
        onChange={(event) => {
          const value = event.target.valueAsNumber;
          edit({ [name]: Number.isNaN(value) ? undefined : value });
        }}
      />
    </Field>
  );
}

function Toggle({
  id,
  label,
  on,
  onChange,
}: {
  id: string;
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <div className="flex items-center justify-between gap-4">
      <span id={id} className="text-small">
        {label}
      </span>
      <Switch aria-labelledby={id} checked={on} onChange={onChange} />
    </div>
  );
}

function Details({ def, edit }: { def: ParameterDef; edit: Edit }) {
  const { t } = useTranslation();
  const types = parameterTypes.map((value) => ({ value, label: t(`importing.types.${value}`) }));
  return (
    <div className="flex flex-col gap-3 px-4 pb-4">
      <Field id={`${def.key}-label`} label={t('importing.label')}>
        <input
          id={`${def.key}-label`}
          className={`${controlClass} h-9`}
          value={def.label ?? ''}
          onChange={(event) => edit({ label: event.target.value })}
        />
      </Field>
      <Field id={`${def.key}-type`} label={t('importing.type')}>
        <Select
          id={`${def.key}-type`}
          className="h-9!"
          value={def.type}
          options={types}
          onChange={(type) => edit({ type: type as ParameterDef['type'] })}
        />
      </Field>
      {def.type === 'number' && (
        <div className="flex gap-3">
          <Bound def={def} edit={edit} name="min" />
          <Bound def={def} edit={edit} name="max" />
          <Bound def={def} edit={edit} name="step" />
        </div>
      )}
      {def.type === 'select' && (
        <Field id={`${def.key}-options`} label={t('importing.options')}>
          <textarea
            id={`${def.key}-options`}
            rows={4}
            className={`${controlClass} py-2`}
            value={(def.options ?? []).join('\n')}
            onChange={(event) => edit({ options: event.target.value.split('\n') })}
          />
        </Field>
      )}
      {def.type === 'string' && (
        <Toggle
          id={`${def.key}-tall`}
          label={t('importing.multiline')}
          on={def.multiline ?? false}
          onChange={(multiline) => edit({ multiline })}
        />
      )}
      <Toggle
        id={`${def.key}-required`}
        label={t('importing.required')}
        on={def.required ?? false}
        onChange={(required) => edit({ required })}
      />
    </div>
  );
}

/** One field of the form to be: its label and type in a line, everything else one click deeper. */
export function ParameterEditor({
  def,
  graph,
  onEdit,
  onRemove,
}: {
  def: ParameterDef;
  graph: Graph;
  onEdit: (next: ParameterDef) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const node = graph[def.node_id ?? ''];
  const label = def.label || def.key;
  return (
    <li className="border-line border-b last:border-b-0">
      <div className="flex items-center">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 items-center gap-3 px-4 py-2.5 text-left hover:bg-hover"
        >
          <ChevronDown
            size={16}
            strokeWidth={1.5}
            aria-hidden
            className={`shrink-0 text-soft transition-transform ${open ? '' : '-rotate-90'}`}
          />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">
              <span className="sr-only">{t('importing.edit')}</span> {label}
            </span>
            <span className="block truncate text-soft text-tiny">
              {node && t('importing.target', { title: titleOf(node), field: def.field ?? '' })}
            </span>
          </span>
          <span className="text-soft text-tiny">{t(`importing.types.${def.type}`)}</span>
        </button>
        {def.node_id && def.field && (
          <button
            type="button"
            aria-label={`${t('common.remove')}: ${label}`}
            className="mr-2 flex size-8 items-center justify-center rounded-control text-soft hover:bg-hover hover:text-text"
            onClick={onRemove}
          >
            <X size={15} strokeWidth={1.5} aria-hidden />
          </button>
        )}
      </div>
      {open && <Details def={def} edit={(change) => onEdit({ ...def, ...change })} />}
    </li>
  );
}
