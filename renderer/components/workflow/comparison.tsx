import { ArrowRight, Minus, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { aboutFields, type Change, compare, type Difference, isSame, plain, type Side } from './compare.ts';

function Values({ name, difference }: { name: string; difference: Difference }) {
  const { t } = useTranslation();
  return (
    <div className="py-1.5">
      <dt className="text-small text-soft">{name}</dt>
      <dd className="tabular flex flex-wrap items-baseline gap-x-2">
        <span className="line-clamp-6 whitespace-pre-line text-soft line-through decoration-faint">
          <span className="sr-only">{t('workflow.versions.was')} </span>
          {plain(difference.before)}
        </span>
        <ArrowRight size={14} strokeWidth={1.5} aria-hidden className="self-center text-soft" />
        <span className="line-clamp-6 whitespace-pre-line">
          <span className="sr-only">{t('workflow.versions.now')} </span>
          {plain(difference.after)}
        </span>
      </dd>
    </div>
  );
}

function Changed({ change }: { change: Change }) {
  const { t } = useTranslation();
  const { sign, name, differences } = change;
  const Icon = sign === 'added' ? Plus : Minus;
  return (
    <li className="px-4 py-2.5">
      <p className="flex items-center gap-2">
        {sign !== 'changed' && (
          <Icon
            size={15}
            strokeWidth={2}
            aria-hidden
            className={sign === 'added' ? 'text-good' : 'text-bad'}
          />
        )}
        <span className="font-medium">{name}</span>
        {sign !== 'changed' && <span className="text-soft">{t(`workflow.versions.${sign}`)}</span>}
      </p>
      {differences.length > 0 && (
        <dl>
          {differences.map((one) => (
            <Values key={one.field} name={one.field} difference={one} />
          ))}
        </dl>
      )}
    </li>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 font-semibold">{title}</h3>
      <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
        {children}
      </ul>
    </section>
  );
}

/** What lies between two versions, in words: about it, its form, its graph. */
export function ComparisonOf({ before, after }: { before: Side; after: Side }) {
  const { t } = useTranslation();
  const found = compare(before, after);
  if (isSame(found)) return <p className="text-soft">{t('workflow.versions.same')}</p>;
  const nameOf = (field: string) => {
    const known = aboutFields.find((one) => one === field);
    return known ? t(`workflow.versions.fields.${known}`) : field;
  };
  return (
    <div className="flex flex-col gap-6">
      {found.about.length > 0 && (
        <Part title={t('workflow.versions.about')}>
          {found.about.map((one) => (
            <li key={one.field} className="px-4 py-1">
              <dl>
                <Values name={nameOf(one.field)} difference={one} />
              </dl>
            </li>
          ))}
        </Part>
      )}
      {(['form', 'graph'] as const).map(
        (part) =>
          found[part].length > 0 && (
            <Part key={part} title={t(`workflow.versions.${part}`)}>
              {found[part].map((change) => (
                <Changed key={`${change.id} ${change.sign}`} change={change} />
              ))}
            </Part>
          ),
      )}
    </div>
  );
}
