import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import { useWorkflow } from '../../api/queries.ts';
import { useConnection } from '../../state/connection.ts';
import { hexOf, isColour } from '../run-form/colour-field.tsx';
import { fileNameOf } from '../run-form/values.ts';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-4 py-1.5">
      <dt className="w-32 shrink-0 text-soft">{name}</dt>
      <dd className="tabular line-clamp-4 min-w-0 flex-1 whitespace-pre-line">{children}</dd>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-1 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

/** The values it was made with, under the names the form gives them. */
export function Inputs({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const { data: workflow } = useWorkflow(task.workflow_slug);
  const entries = Object.entries(task.parameters);
  const defOf = (key: string) => workflow?.parameters.find((def) => def.key === key);
  const words = (key: string, value: unknown) => {
    const def = defOf(key);
    return def && isColour(def) && typeof value === 'number' ? hexOf(value).toUpperCase() : plain(key, value);
  };
  const plain = (key: string, value: unknown) =>
    defOf(key)?.type === 'file' || /^inputs\//.test(String(value))
      ? fileNameOf(String(value))
      : String(value);
  return (
    <Group title={t('task.inputs')}>
      {entries.length === 0 && <p className="text-soft">{t('task.noInputs')}</p>}
      <dl>
        {entries.map(([key, value]) => (
          <Fact key={key} name={defOf(key)?.label || key}>
            {words(key, value)}
          </Fact>
        ))}
      </dl>
    </Group>
  );
}

export function Facts({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const me = useConnection((state) => state.profile);
  return (
    <Group title={t('task.details')}>
      <dl>
        <Fact name={t('task.workflow')}>
          <Link
            href={`/workflows/${task.workflow_slug}`}
            className="underline decoration-line underline-offset-4 hover:decoration-accent"
          >
            {task.workflow_name}
          </Link>
          {`, ${t('form.version', { version: task.workflow_version }).toLowerCase()}`}
        </Fact>
        <Fact name={t('task.agent')}>
          {[task.agent_id ?? t('task.noAgent'), task.gpu_type].filter(Boolean).join(', ')}
        </Fact>
        <Fact name={t('task.sentBy')}>
          {task.submitted_by === me?.id ? me.display_name : task.submitted_by}
        </Fact>
        {task.attempt_count > 1 && <Fact name={t('task.attempts')}>{task.attempt_count}</Fact>}
      </dl>
    </Group>
  );
}
