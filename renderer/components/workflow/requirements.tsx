import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useVerdict } from '../../api/workflow-life.ts';
import { MissingPacks } from '../engine/missing-packs.tsx';
import { duration } from '../format.ts';
import { Verdict } from '../importing/findings.tsx';
import { Section } from '../page.tsx';
import { Settled } from '../settled.tsx';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-x-6 py-2.5 sm:flex-row">
      <dt className="w-52 shrink-0 text-soft">{name}</dt>
      <dd className="tabular wrap-break-word min-w-0 flex-1">{children}</dd>
    </div>
  );
}

const listed = (items: readonly string[], none: string): ReactNode =>
  items.length === 0 ? (
    <span className="text-soft">{none}</span>
  ) : (
    <ul className="flex flex-col gap-0.5">
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );

function Asks({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const inputs = workflow.parameters.filter((def) => def.type === 'file' && def.required);
  const quiet = (words: string) => <span className="text-soft">{words}</span>;
  return (
    <dl className="divide-y divide-line">
      <Fact name={t('workflow.needs.inputs')}>
        {listed(
          inputs.map((def) => def.label || def.key),
          t('workflow.needs.noInputs'),
        )}
      </Fact>
      <Fact name={t('workflow.needs.models')}>
        {listed(workflow.required_models, t('workflow.needs.noModels'))}
      </Fact>
      <Fact name={t('workflow.needs.labels')}>
        {listed(workflow.required_labels, t('workflow.needs.anyAgent'))}
      </Fact>
      <Fact name={t('workflow.needs.memory')}>
        {workflow.min_vram_gb
          ? t('workflow.needs.gigabytes', { count: workflow.min_vram_gb })
          : quiet(t('workflow.needs.anyMemory'))}
      </Fact>
      <Fact name={t('workflow.needs.preferred')}>
        {workflow.preferred_gpu || quiet(t('workflow.needs.noPreference'))}
      </Fact>
      <Fact name={t('workflow.needs.timeout')}>
        {workflow.task_timeout
          ? duration(workflow.task_timeout * 1000)
          : quiet(t('workflow.needs.noTimeout'))}
      </Fact>
      <Fact name={t('workflow.needs.retries')}>{workflow.max_retries}</Fact>
    </dl>
  );
}

/** For each agent whether it will run, and what it lacks; beside it, what the workflow asks for. */
export function Requirements({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const query = useVerdict(workflow.id);
  return (
    <div className="grid gap-8 lg:grid-cols-2 lg:gap-12">
      <Section title={t('workflow.needs.agents')}>
        <Settled query={query}>
          {(verdicts) =>
            verdicts.length ? (
              <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
                {verdicts.map((verdict) => (
                  <Verdict key={verdict.agent_id} verdict={verdict} names={(types) => types.join(', ')} />
                ))}
              </ul>
            ) : (
              <p className="text-soft">{t('importing.verdictNobody')}</p>
            )
          }
        </Settled>
        <div className="mt-6 flex flex-col gap-6">
          <MissingPacks of={{ workflow_ids: [workflow.id] }} />
        </div>
      </Section>
      <div>
        <Section title={t('workflow.needs.asks')}>
          <Asks workflow={workflow} />
        </Section>
      </div>
    </div>
  );
}
