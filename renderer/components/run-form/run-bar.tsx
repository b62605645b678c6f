import { ChevronsUp, Play, RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { Button } from '../../ui/button.tsx';
import { controlClass } from '../../ui/field.tsx';
import { useOutlook } from './outlook.tsx';
import type { Plan } from './vary.ts';

interface RunBarProps {
  readonly workflow: WorkflowDetail;
  readonly plan: Plan;
  readonly times: number;
  readonly onTimes: (times: number) => void;
  readonly sending: boolean;
  readonly onFirst: () => void;
  readonly onReset: (() => void) | undefined;
}

/** Always in sight: how often, run, and what will come of it. */
export function RunBar({ workflow, plan, times, onTimes, sending, onFirst, onReset }: RunBarProps) {
  const { t } = useTranslation();
  const outlook = useOutlook(workflow, plan.count);
  const disabled = workflow.workflow_status === 'disabled';
  const impossible = plan.count === 0 || plan.tooMany;
  const label = plan.count > 1 ? t('form.runMany', { count: plan.count }) : t('form.run');
  return (
    <div className="fixed inset-x-0 bottom-14 z-10 flex flex-col gap-2 bg-ground px-4 py-3 sm:sticky sm:bottom-0 sm:px-0 sm:pb-6">
      {plan.tooMany ? (
        <p role="alert" className="text-bad text-small">
          {t('form.tooMany', { count: plan.count })}
        </p>
      ) : (
        outlook.words && (
          <p className="tabular flex items-center justify-between gap-3 text-small text-soft">
            {outlook.words}
            {outlook.waiting > 0 && !disabled && (
              <button
                type="button"
                title={t('form.firstHint')}
                aria-keyshortcuts="Control+Shift+Enter"
                onClick={onFirst}
                className="flex shrink-0 items-center gap-1 text-text underline-offset-4 hover:underline"
              >
                <ChevronsUp size={15} strokeWidth={1.5} aria-hidden />
                {t('form.runFirst')}
              </button>
            )}
          </p>
        )
      )}
      <div className="flex items-center gap-2">
        <label className="flex h-11 shrink-0 items-center gap-1.5 text-soft" title={t('form.times')}>
          <span className="sr-only">{t('form.times')}</span>
          <input
            type="number"
            min={1}
            max={100}
            value={times}
            onChange={(event) => onTimes(event.target.valueAsNumber)}
            className={`${controlClass} tabular h-11 w-16! px-2! text-center text-lead`}
          />
          <span aria-hidden>×</span>
        </label>
        <Button
          type="submit"
          look="primary"
          size="large"
          className="min-w-0 flex-1"
          disabled={sending || disabled || impossible}
          title={t('form.runHint')}
          aria-keyshortcuts="Control+Enter"
        >
          <Play size={17} strokeWidth={1.5} fill="currentColor" aria-hidden />
          {sending ? t('form.running') : label}
        </Button>
        {onReset && (
          <Button
            look="quiet"
            size="icon"
            className="size-11"
            onClick={onReset}
            aria-label={t('form.reset')}
            title={t('form.reset')}
          >
            <RotateCcw size={17} strokeWidth={1.5} aria-hidden />
          </Button>
        )}
      </div>
    </div>
  );
}
