import { clsx } from 'clsx';
import { useTranslation } from 'react-i18next';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import { Checkbox } from '../../ui/controls.tsx';
import { controlClass, describes } from '../../ui/field.tsx';
import type { Axis } from './vary.ts';

interface VaryProps {
  readonly id: string;
  readonly def: ParameterDef;
  readonly axis: Axis;
  readonly error: string | undefined;
  readonly onChange: (axis: Axis) => void;
}

const numberOr = (value: number): number | null => (Number.isNaN(value) ? null : value);

function RangeOf({ id, axis, error, onChange }: VaryProps & { axis: Extract<Axis, { kind: 'range' }> }) {
  const { t } = useTranslation();
  return (
    <div className="grid grid-cols-3 gap-2">
      {(['from', 'to', 'step'] as const).map((part, index) => (
        <label key={part} className="flex flex-col gap-1 text-soft text-tiny">
          {t(`form.vary.${part}`)}
          <input
            id={index === 0 ? id : undefined}
            type="number"
            step="any"
            value={axis[part] ?? ''}
            {...describes(id, error, true)}
            className={`${controlClass} tabular h-9 px-2! text-body text-text`}
            onChange={(event) => onChange({ ...axis, [part]: numberOr(event.target.valueAsNumber) })}
          />
        </label>
      ))}
    </div>
  );
}

function Choices({ id, def, axis, onChange }: VaryProps & { axis: Extract<Axis, { kind: 'choice' }> }) {
  const toggle = (option: string, on: boolean) =>
    onChange({
      kind: 'choice',
      // In the order of the list, not of the ticks.
      chosen: (def.options ?? []).filter((one) => (one === option ? on : axis.chosen.includes(one))),
    });
  return (
    <ul
      id={id}
      aria-labelledby={`${id}-label`}
      className="max-h-52 overflow-y-auto rounded-control border border-line bg-surface py-1"
    >
      {(def.options ?? []).map((option) => (
        <li key={option} className="relative flex items-center gap-3 px-3 py-1 hover:bg-hover">
          <Checkbox
            wide
            aria-label={option}
            checked={axis.chosen.includes(option)}
            onChange={(on) => toggle(option, on)}
          />
          <span className="truncate">{option}</span>
        </li>
      ))}
    </ul>
  );
}

/** Several values of one parameter, each a run of its own: a range, a list, some of the choices. */
export function VaryField(props: VaryProps) {
  const { id, def, axis, error, onChange } = props;
  const { t } = useTranslation();
  if (axis.kind === 'both') return <p className="text-soft">{t('form.vary.both')}</p>;
  if (axis.kind === 'choice') return <Choices {...props} axis={axis} />;
  const number = def.type === 'number';
  return (
    <div className="flex flex-col gap-2">
      {number && (
        <fieldset className="flex gap-1 self-start rounded-control border border-line bg-surface p-0.5 text-small">
          <legend className="sr-only">{t('form.vary.how')}</legend>
          {(['range', 'list'] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={axis.kind === kind}
              className={clsx('rounded-[6px] px-2.5 py-0.5', axis.kind === kind ? 'bg-line' : 'text-soft')}
              onClick={() =>
                axis.kind !== kind &&
                onChange(kind === 'list' ? { kind, text: '' } : { kind, from: null, to: null, step: null })
              }
            >
              {t(`form.vary.${kind}`)}
            </button>
          ))}
        </fieldset>
      )}
      {axis.kind === 'range' ? (
        <RangeOf {...props} axis={axis} />
      ) : number ? (
        <input
          id={id}
          value={axis.text}
          placeholder="10, 20, 30"
          {...describes(id, error, true)}
          className={`${controlClass} tabular h-10`}
          onChange={(event) => onChange({ kind: 'list', text: event.target.value })}
        />
      ) : (
        <textarea
          id={id}
          rows={4}
          value={axis.text}
          placeholder={t('form.vary.lines')}
          {...describes(id, error, true)}
          className={`${controlClass} field-sizing-content max-h-80 min-h-24 py-2`}
          onChange={(event) => onChange({ kind: 'list', text: event.target.value })}
        />
      )}
    </div>
  );
}
