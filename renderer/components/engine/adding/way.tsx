import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { engineId } from '#shared/wire/engines.ts';
import { controlClass, describes, Field } from '../../../ui/field.tsx';

/** One of the ways to an engine. */
export function Way({ title, body, children }: { title: string; body: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-4 rounded-card border border-line bg-surface p-5 sm:p-6">
      <div>
        <h2 className="font-serif text-head">{title}</h2>
        <p className="mt-1.5 text-soft">{body}</p>
      </div>
      {children}
    </section>
  );
}

interface NameFieldProps {
  readonly id: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function NameField({ id, value, onChange }: NameFieldProps) {
  const { t } = useTranslation();
  const wrong = value.trim() !== '' && !engineId.safeParse(value.trim()).success;
  const error = wrong ? t('engines.adding.nameRule') : undefined;
  const hint = t('engines.adding.nameHint');
  return (
    <Field id={id} label={t('engines.adding.name')} hint={hint} error={error}>
      <input
        id={id}
        className={`${controlClass} h-10`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...describes(id, error, hint)}
      />
    </Field>
  );
}

export const nameGiven = (name: string): { engine_id?: string } =>
  name.trim() ? { engine_id: name.trim() } : {};
