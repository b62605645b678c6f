import { useTranslation } from 'react-i18next';
import type { DuplicateModel } from '#shared/wire/models.ts';
import { bytes } from '../format.ts';
import { Section } from '../page.tsx';

interface DuplicatesProps {
  readonly duplicates: readonly DuplicateModel[];
  readonly reclaimable: number;
}

/** The same content in several files of one machine, the most wasteful first. */
export function Duplicates({ duplicates, reclaimable }: DuplicatesProps) {
  const { t } = useTranslation();
  if (duplicates.length === 0) return null;
  return (
    <Section
      title={t('models.duplicates.title')}
      aside={
        <span className="tabular text-small text-wait">
          {t('models.duplicates.summary', { size: bytes(reclaimable) })}
        </span>
      }
    >
      <details className="group rounded-card border border-line bg-surface">
        <summary className="cursor-pointer rounded-card px-4 py-3 text-soft hover:text-text">
          {t('models.duplicates.hint')}
        </summary>
        <ul className="max-h-96 divide-y divide-line overflow-y-auto border-line border-t">
          {duplicates.map(({ agent_id, sha256, size, reclaimable_bytes, model_paths }) => (
            <li
              key={`${agent_id} ${sha256}`}
              className="flex flex-wrap justify-between gap-x-6 gap-y-1 px-4 py-3"
            >
              <ul className="min-w-0">
                {model_paths.map((path) => (
                  <li key={path} className="break-all">
                    {path}
                  </li>
                ))}
              </ul>
              <p className="tabular text-small text-soft">
                {t('models.duplicates.one', { size: bytes(size), agent: agent_id })}
                <br />
                {t('models.duplicates.frees', { size: bytes(reclaimable_bytes) })}
              </p>
            </li>
          ))}
        </ul>
      </details>
    </Section>
  );
}
