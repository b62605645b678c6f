import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { controlClass, Field } from '../../ui/field.tsx';

interface ExtraProps {
  readonly value: string;
  readonly flags: readonly string[];
  readonly onChange: (value: string) => void;
}

/** Whatever the form has no field for, as one types it; the options that this ComfyUI knows are at hand. */
export function ExtraArguments({ value, flags, onChange }: ExtraProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      <Field id="option-extra" label={t('engines.options.extra')} hint={t('engines.options.extraHint')}>
        <textarea
          id="option-extra"
          rows={2}
          spellCheck={false}
          aria-describedby="option-extra-hint"
          placeholder="--fast"
          className={`${controlClass} py-2 font-mono text-small`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      {flags.length > 0 && (
        <Button look="quiet" aria-expanded={open} className="-ml-3 self-start" onClick={() => setOpen(!open)}>
          {t('engines.options.known', { count: flags.length })}
        </Button>
      )}
      {open && (
        <ul className="flex flex-wrap gap-1.5">
          {flags.map((flag) => (
            <li key={flag}>
              <button
                type="button"
                aria-label={t('engines.options.addFlag', { flag })}
                onClick={() => onChange(`${value.trimEnd()} ${flag} `.trimStart())}
                className="rounded-full border border-line px-2.5 py-0.5 font-mono text-tiny text-soft hover:border-faint hover:text-text"
              >
                {flag}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
