import { clsx } from 'clsx';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { Checkbox } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { type Language, languages, snippet } from './snippets.ts';

/** Programs that run this workflow, ready to be copied. */
export function ApiUse({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState<Language>('curl');
  const [pinned, setPinned] = useState(false);
  const reference = `${workflow.workflow_slug}@${workflow.version}`;
  const text = snippet(language, location.origin, {
    ...workflow,
    workflow_slug: pinned ? reference : workflow.workflow_slug,
  });
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      <p className="text-soft">
        {t('workflow.api.intro')} {t('workflow.api.key')}
      </p>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <fieldset className="flex gap-1 rounded-control border border-line bg-surface p-1">
          <legend className="sr-only">{t('workflow.api.language')}</legend>
          {languages.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === language}
              onClick={() => setLanguage(one)}
              className={clsx(
                'h-8 rounded-[6px] px-3 font-medium transition-colors',
                one === language ? 'bg-line text-text' : 'text-soft hover:text-text',
              )}
            >
              {t(`workflow.api.languages.${one}`)}
            </button>
          ))}
        </fieldset>
        <CopyButton text={text} label={t('workflow.api.copy')} />
      </div>
      {/* Reachable by the keyboard: it may be wider than the page and wants to be scrolled. */}
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must take the focus
        tabIndex={0}
        aria-label={t(`workflow.api.languages.${language}`)}
        className="overflow-x-auto rounded-card border border-line bg-well p-4 font-mono text-small leading-relaxed whitespace-pre"
      >
        {text}
      </section>
      <div className="flex items-center gap-3">
        <Checkbox checked={pinned} onChange={setPinned} aria-labelledby="api-pin" />
        <span id="api-pin">{t('workflow.api.pin', { reference })}</span>
      </div>
      <p>
        <a href="/docs" className="text-soft underline underline-offset-4 hover:text-text">
          {t('workflow.api.reference')}
        </a>
      </p>
    </div>
  );
}
