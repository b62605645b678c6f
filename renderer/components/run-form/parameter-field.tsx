import { clsx } from 'clsx';
import { Dices, ListPlus, Lock, LockOpen, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import { Select, Switch } from '../../ui/controls.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { NumberInput, Range } from '../../ui/number-input.tsx';
import { ColourField, isColour } from './colour-field.tsx';
import { FileField } from './file-field.tsx';
import { isSeed, newSeed } from './seeds.ts';
import { isFileValue, type Value } from './values.ts';
import { type Axis, canVary, firstAxis } from './vary.ts';
import { VaryField } from './vary-field.tsx';

export interface ParameterFieldProps {
  readonly def: ParameterDef;
  readonly value: Value;
  readonly error: string | undefined;
  readonly onChange: (value: Value) => void;
  readonly onBlur: () => void;
  readonly onProblem: (message: string) => void;
  /** Of a seed: it stays as it is from run to run. */
  readonly locked: boolean;
  readonly onLock: (locked: boolean) => void;
  /** Several values instead of one. */
  readonly axis: Axis | undefined;
  readonly onVary: (axis: Axis | undefined) => void;
  readonly masked: boolean;
}

export const labelOf = (def: ParameterDef): string => def.label || def.key;
const fieldId = (def: ParameterDef) => `field-${def.key}`;

export const stepOf = (def: ParameterDef): number => {
  if (def.step !== undefined) return def.step;
  const known = [def.default, def.min, def.max].filter((one) => typeof one === 'number');
  if (known.every(Number.isInteger)) return 1;
  return (def.max ?? 100) - (def.min ?? 0) <= 2 ? 0.01 : 0.1;
};

function TextField({ def, value, error, onChange, onBlur }: ParameterFieldProps) {
  const id = fieldId(def);
  const text = typeof value === 'string' ? value : '';
  const shared = { id, value: text, onBlur, ...describes(id, error, def.description) };
  const tall = def.multiline || text.length > 80 || text.includes('\n');
  return tall ? (
    <textarea
      {...shared}
      rows={4}
      className={`${controlClass} field-sizing-content max-h-80 min-h-24 py-2`}
      onChange={(event) => onChange(event.target.value)}
    />
  ) : (
    <input
      {...shared}
      className={`${controlClass} h-10`}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** Rolls a new seed now, or lets every run roll its own. */
function SeedButtons({ def, locked, onChange, onLock }: ParameterFieldProps) {
  const { t } = useTranslation();
  const label = labelOf(def);
  const button =
    'flex w-10 shrink-0 items-center justify-center border-line border-l text-soft transition-colors hover:text-text';
  const roll = () => {
    onChange(newSeed(def));
    onLock(true);
  };
  const LockIcon = locked ? Lock : LockOpen;
  return (
    <>
      <button
        type="button"
        aria-label={t('form.roll', { label })}
        title={t('form.roll', { label })}
        onClick={roll}
        className={button}
      >
        <Dices size={17} strokeWidth={1.5} aria-hidden />
      </button>
      <button
        type="button"
        aria-label={t('form.lock', { label })}
        title={t(locked ? 'form.lockedHint' : 'form.unlockedHint')}
        aria-pressed={locked}
        onClick={() => onLock(!locked)}
        className={clsx(button, locked && 'text-text')}
      >
        <LockIcon size={16} strokeWidth={1.5} aria-hidden />
      </button>
    </>
  );
}

function NumberParameter(props: ParameterFieldProps) {
  const { def, value, error, onChange, onLock } = props;
  const { t } = useTranslation();
  const id = fieldId(def);
  const label = labelOf(def);
  const number = typeof value === 'number' ? value : null;
  const step = stepOf(def);
  const seed = isSeed(def);
  const bounds = def.min !== undefined && def.max !== undefined ? { min: def.min, max: def.max } : null;
  const change = (next: number | null) => {
    onChange(next);
    if (seed && next !== value) onLock(true); // a seed that was typed in is meant
  };
  return (
    <div className="flex flex-col gap-2">
      <NumberInput
        id={id}
        value={number}
        onChange={change}
        min={def.min}
        max={def.max}
        step={step}
        lessLabel={t('form.less', { label })}
        moreLabel={t('form.more', { label })}
        {...describes(id, error, def.description)}
        end={seed && <SeedButtons {...props} />}
      />
      {bounds && !seed && (
        <Range
          {...bounds}
          step={step}
          value={number ?? bounds.min}
          onChange={onChange}
          labelledBy={`${id}-label`}
        />
      )}
    </div>
  );
}

function Control(props: ParameterFieldProps) {
  const { def, value, error, onChange, onProblem } = props;
  const { t } = useTranslation();
  const id = fieldId(def);
  switch (def.type) {
    case 'number':
      if (isColour(def)) {
        const colour = typeof value === 'number' ? value : null;
        return <ColourField id={id} value={colour} error={error} onChange={onChange} />;
      }
      return <NumberParameter {...props} />;
    case 'select':
      return (
        <Select
          id={id}
          value={typeof value === 'string' ? value : null}
          options={(def.options ?? []).map((option) => ({ value: option, label: option }))}
          placeholder={t('form.choose')}
          aria-labelledby={`${id}-label ${id}`}
          {...describes(id, error, def.description)}
          onChange={onChange}
        />
      );
    case 'file':
      return (
        <FileField
          id={id}
          def={def}
          label={labelOf(def)}
          value={isFileValue(value) ? value : null}
          error={error}
          onChange={onChange}
          onProblem={onProblem}
          masked={props.masked}
        />
      );
    case 'string':
    case 'boolean':
      return <TextField {...props} />;
  }
}

/** What a number may be, where the form does not show it otherwise. */
function useBounds(def: ParameterDef): string | null {
  const { t } = useTranslation();
  const { min, max } = def;
  if (def.type !== 'number') return def.required ? t('form.required') : null;
  if (isSeed(def) || isColour(def)) return null;
  if (min !== undefined && max !== undefined) return t('form.between', { min, max });
  if (min !== undefined) return t('form.atLeast', { min });
  return max === undefined ? null : t('form.atMost', { max });
}

/** Goes over from one value to several, and back. */
function VaryButton({ def, value, axis, onVary }: ParameterFieldProps) {
  const { t } = useTranslation();
  if (!canVary(def)) return null;
  const label = t(axis ? 'form.vary.stop' : 'form.vary.start', { label: labelOf(def) });
  const Icon = axis ? X : ListPlus;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={() => onVary(axis ? undefined : firstAxis(def, value, stepOf(def)))}
      className={clsx(
        '-my-1 flex size-7 items-center justify-center rounded-control transition-colors hover:bg-hover hover:text-text',
        axis ? 'text-accent-ink' : 'text-soft',
      )}
    >
      <Icon size={16} strokeWidth={1.5} aria-hidden />
    </button>
  );
}

function SwitchLine(props: ParameterFieldProps) {
  const { def, value, onChange } = props;
  const id = fieldId(def);
  return (
    <div className="flex items-center justify-between gap-4 py-1">
      <div>
        <span id={`${id}-label`} className="font-medium text-small">
          {labelOf(def)}
        </span>
        {def.description && <p className="text-small text-soft">{def.description}</p>}
      </div>
      <div className="flex items-center gap-2">
        <VaryButton {...props} />
        <Switch id={id} aria-labelledby={`${id}-label`} checked={value === true} onChange={onChange} />
      </div>
    </div>
  );
}

/** One line of the run form, by the parameter's type. */
export function ParameterField(props: ParameterFieldProps) {
  const { def, error, axis, locked, onVary } = props;
  const { t } = useTranslation();
  const id = fieldId(def);
  const bounds = useBounds(def);
  if (def.type === 'boolean' && !axis) return <SwitchLine {...props} />;
  const unlocked = isSeed(def) && !locked && !axis ? t('form.unlockedHint') : undefined;
  return (
    <Field
      id={id}
      label={labelOf(def)}
      hint={def.description ?? unlocked}
      error={error}
      aside={
        <span className="flex items-center gap-2">
          {bounds && <span className="tabular text-soft text-tiny">{bounds}</span>}
          <VaryButton {...props} />
        </span>
      }
    >
      {axis ? (
        <VaryField id={id} def={def} axis={axis} error={error} onChange={onVary} />
      ) : (
        <Control {...props} />
      )}
    </Field>
  );
}
