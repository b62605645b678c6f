import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';

/** Values to set; null takes one away. */
export type EnvironmentChange = Readonly<Record<string, string | null>>;

interface EnvironmentProps {
  readonly names: readonly string[];
  readonly change: EnvironmentChange;
  readonly onChange: (change: EnvironmentChange) => void;
}

const isName = (text: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);

function Add({ onAdd }: { onAdd: (name: string, value: string) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const error = name !== '' && !isName(name) ? t('engines.options.envRule') : undefined;
  const add = () => {
    if (!isName(name)) return;
    onAdd(name, value);
    setName('');
    setValue('');
  };
  return (
    <div className="flex flex-wrap items-end gap-3">
      <Field id="env-name" label={t('engines.options.envName')} error={error} className="flex-1 basis-44">
        <input
          id="env-name"
          spellCheck={false}
          autoComplete="off"
          className={`${controlClass} h-10 font-mono text-small`}
          value={name}
          onChange={(event) => setName(event.target.value)}
          {...describes('env-name', error)}
        />
      </Field>
      <Field id="env-value" label={t('engines.options.envValue')} className="flex-1 basis-44">
        <input
          id="env-value"
          spellCheck={false}
          autoComplete="off"
          className={`${controlClass} h-10 font-mono text-small`}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
      <Button className="h-10" disabled={!isName(name)} onClick={add}>
        {t('engines.options.envAdd')}
      </Button>
    </div>
  );
}

/** Variables by name; what they hold is never shown again. */
export function Environment({ names, change, onChange }: EnvironmentProps) {
  const { t } = useTranslation();
  const all = [...new Set([...names, ...Object.keys(change)])].filter((name) => change[name] !== null);
  const remove = (name: string) => {
    const { [name]: _gone, ...rest } = change;
    onChange(names.includes(name) ? { ...rest, [name]: null } : rest);
  };
  return (
    <section className="flex flex-col gap-3">
      <div>
        <h2 className="font-medium text-small">{t('engines.options.env')}</h2>
        <p className="text-small text-soft">{t('engines.options.envHint')}</p>
      </div>
      {all.length > 0 && (
        <ul className="flex flex-col gap-1">
          {all.map((name) => (
            <li key={name} className="flex items-center gap-3">
              <code className="font-mono text-small">{name}</code>
              <span className="text-small text-soft">
                {t(name in change ? 'engines.options.envSet' : 'engines.options.envKept')}
              </span>
              <Button
                look="quiet"
                size="icon"
                aria-label={t('engines.options.envRemove', { name })}
                onClick={() => remove(name)}
              >
                <X size={15} strokeWidth={1.5} aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Add onAdd={(name, value) => onChange({ ...change, [name]: value })} />
    </section>
  );
}
