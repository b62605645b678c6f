import type { UseQueryResult } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Problem } from '../problem.tsx';

interface PlanSheetProps<Plan> {
  readonly title: string;
  readonly plan: UseQueryResult<Plan>;
  /** What goes on while the plan is made. */
  readonly waiting: string;
  readonly act: string;
  readonly blocked?: (plan: Plan) => boolean;
  readonly onAct: () => void;
  readonly acting: boolean;
  readonly failed: Error | null;
  readonly onClose: () => void;
  readonly children: (plan: Plan) => ReactNode;
}

/** Whatever changes an engine shows its plan first, and is carried out from here. */
export function PlanSheet<Plan>(props: PlanSheetProps<Plan>) {
  const { t } = useTranslation();
  const { plan, blocked, acting } = props;
  const ready = plan.data !== undefined && !plan.isFetching && !blocked?.(plan.data);
  return (
    <Sheet
      open
      onClose={props.onClose}
      title={props.title}
      footer={
        <>
          <Button look="primary" disabled={!ready || acting} onClick={props.onAct}>
            {props.act}
          </Button>
          <Button onClick={props.onClose}>{t('engines.adding.notNow')}</Button>
        </>
      }
    >
      <div className="flex flex-col gap-6">
        {plan.isPending && !plan.isError && (
          <p role="status" className="animate-breathe text-soft">
            {props.waiting}
          </p>
        )}
        {plan.isError && <Problem error={plan.error} onRetry={() => void plan.refetch()} />}
        {plan.data !== undefined && !plan.isError && props.children(plan.data)}
        {props.failed && <Problem error={props.failed} />}
      </div>
    </Sheet>
  );
}

export function PlanFact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-small text-soft">{name}</dt>
      <dd className="tabular">{children}</dd>
    </div>
  );
}

/** What stands in the way, each with what to do about it. */
export function PlanProblems({ problems, title }: { problems: readonly string[]; title?: string }) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  return (
    <section role="alert" className="flex flex-col gap-2 rounded-card border border-bad/50 p-4">
      <h3 className="flex items-center gap-2 font-semibold">
        <TriangleAlert size={16} strokeWidth={1.5} className="text-bad" aria-hidden />
        {title ?? t('engines.adding.problems')}
      </h3>
      <ul className="flex flex-col gap-2">
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </section>
  );
}

/** Lines of a tool, as it writes them; long lists scroll in their own frame. */
export function PlanLines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <h3 className="mb-2 font-semibold">{title}</h3>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={title}
        className="max-h-56 overflow-auto rounded-control bg-well px-3 py-2 font-mono text-tiny"
      >
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
