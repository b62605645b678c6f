import { Dices } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import { Select, Switch } from '../../ui/controls.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { NumberInput, Range } from '../../ui/number-input.tsx';
import { ColourField, isColour } from './colour-field.tsx';
import { FileField } from './file-field.tsx';
import { isFileValue, type Value } from './values.ts';

export interface ParameterFieldProps {
  readonly def: ParameterDef;
  readonly value: Value;
  readonly error: string | undefined;
  readonly onChange: (value: Value) => void;
  readonly onBlur: () => void;
  readonly onProblem: (message: string) => void;
}

export const labelOf = (def: ParameterDef): string => def.label || def.key;
const fieldId = (def: ParameterDef) => `field-${def.key}`;

const isSeed = (def: ParameterDef) => /seed/i.test(`${def.key} ${def.field ?? ''}`);
const largestSeed = 2 ** 32 - 1;

const stepOf = (def: ParameterDef): number => {
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

function NumberParameter({ def, value, error, onChange }: ParameterFieldProps) {
  const { t } = useTranslation();
  const id = fieldId(def);
  const label = labelOf(def);
  const number = typeof value === 'number' ? value : null;
  const step = stepOf(def);
  const seed = isSeed(def);
  const bounds = def.min !== undefined && def.max !== undefined ? { min: def.min, max: def.max } : null;
  const roll = () => {
    const least = Math.max(0, def.min ?? 0);
    const most = Math.min(largestSeed, def.max ?? largestSeed);
    onChange(least + Math.floor(Math.random() * (most - least + 1)));
  };
  return (
    <div className="flex flex-col gap-2">
      <NumberInput
        id={id}
        value={number}
        onChange={onChange}
        min={def.min}
        max={def.max}
        step={step}
        lessLabel={t('form.less', { label })}
        moreLabel={t('form.more', { label })}
        {...describes(id, error, def.description)}
        end={
          seed && (
            <button
              type="button"
              aria-label={t('form.roll', { label })}
              title={t('form.roll', { label })}
              onClick={roll}
              className="flex w-10 shrink-0 items-center justify-center border-line border-l text-soft transition-colors hover:text-text"
            >
              <Dices size={17} strokeWidth={1.5} aria-hidden />
            </button>
          )
        }
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
        />
      );
    case 'string':
    case 'boolean':
      return <TextField {...props} />;
  }
}

/** One line of the run form, by the parameter's type. */
export function ParameterField(props: ParameterFieldProps) {
  const { def, value, error, onChange } = props;
  const { t } = useTranslation();
  const id = fieldId(def);
  if (def.type === 'boolean') {
    return (
      <div className="flex items-center justify-between gap-4 py-1">
        <div>
          <span id={`${id}-label`} className="font-medium text-small">
            {labelOf(def)}
          </span>
          {def.description && <p className="text-small text-soft">{def.description}</p>}
        </div>
        <Switch id={id} aria-labelledby={`${id}-label`} checked={value === true} onChange={onChange} />
      </div>
    );
  }
  const { min, max } = def;
  const range =
    min !== undefined && max !== undefined
      ? t('form.between', { min, max })
      : min !== undefined && !isSeed(def)
        ? t('form.atLeast', { min })
        : max !== undefined && !isSeed(def)
          ? t('form.atMost', { max })
          : null;
  const aside =
    def.type === 'number' && !isSeed(def) && !isColour(def)
      ? range
      : def.required
        ? t('form.required')
        : null;
  return (
    <Field
      id={id}
      label={labelOf(def)}
      hint={def.description}
      error={error}
      aside={aside && <span className="tabular text-soft text-tiny">{aside}</span>}
    >
      <Control {...props} />
    </Field>
  );
}
