import { Filter, Import, SlidersHorizontal } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { OutputItem } from '#shared/wire/outputs.ts';
import { useTask, useWorkflow } from '../../api/queries.ts';
import { useMay } from '../../state/rights.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { bytes, duration, moment } from '../format.ts';
import { fileNameOf } from '../run-form/values.ts';
import { UseAsInput } from './use-as-input.tsx';

export interface Value {
  readonly name: string;
  readonly value: string;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-4 py-1">
      <dt className="w-24 shrink-0 text-soft">{name}</dt>
      <dd className="tabular min-w-0 flex-1">{children}</dd>
    </div>
  );
}

const linkClass = 'underline decoration-line underline-offset-4 hover:decoration-accent';
const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const;

/** What it was made with; each value leads to what else was made with it. */
function Values({ item, onFilter }: { item: OutputItem; onFilter: (value: Value) => void }) {
  const { t } = useTranslation();
  const { data: task } = useTask(item.task_id);
  const { data: workflow } = useWorkflow(item.workflow_slug);
  if (!task) return null;
  const entries = Object.entries(task.parameters);
  const labelOf = (key: string) => workflow?.parameters.find((def) => def.key === key)?.label || key;
  const shown = (value: unknown) =>
    /^inputs\//.test(String(value)) ? fileNameOf(String(value)) : String(value);
  return (
    <section>
      <div className="mb-2 flex items-center justify-between gap-3">
        <h3 className="font-semibold">{t('gallery.values')}</h3>
        {entries.length > 0 && (
          <CopyButton text={() => JSON.stringify(task.parameters, null, 2)} label={t('gallery.copyValues')} />
        )}
      </div>
      {entries.length === 0 && <p className="text-soft">{t('gallery.noValues')}</p>}
      <dl className="flex flex-col gap-2.5">
        {entries.map(([key, value]) => (
          <div key={key} className="group">
            <dt className="text-small text-soft">{labelOf(key)}</dt>
            <dd className="flex items-start gap-2">
              <span className="tabular max-h-40 min-w-0 flex-1 overflow-y-auto whitespace-pre-line">
                {shown(value)}
              </span>
              {String(value) !== '' && (
                <Button
                  look="quiet"
                  size="icon"
                  className="-mt-1.5 size-8 opacity-0 focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
                  aria-label={`${t('gallery.onlyThis')}: ${labelOf(key)}`}
                  title={t('gallery.onlyThis')}
                  onClick={() => onFilter({ name: key, value: String(value) })}
                >
                  <Filter {...icon} />
                </Button>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function About({ item }: { item: OutputItem }) {
  const { t } = useTranslation();
  const { data: task } = useTask(item.task_id);
  const took =
    task?.started_at && task.completed_at
      ? duration(Date.parse(task.completed_at) - Date.parse(task.started_at))
      : null;
  return (
    <section>
      <h3 className="mb-1 font-semibold">{t('gallery.about')}</h3>
      <dl>
        <Fact name={t('gallery.workflow')}>
          <Link href={`/workflows/${item.workflow_slug}`} className={linkClass}>
            {item.workflow_name}
          </Link>
          {`, ${t('form.version', { version: item.workflow_version }).toLowerCase()}`}
        </Fact>
        <Fact name={t('gallery.made')}>{moment(item.created_at)}</Fact>
        {took && <Fact name={t('gallery.took')}>{took}</Fact>}
        <Fact name={t('gallery.madeBy')}>{item.submitter_name || t('gallery.unnamed')}</Fact>
        <Fact name={t('gallery.size')}>
          {item.width && item.height
            ? t('gallery.pixels', { width: item.width, height: item.height, size: bytes(item.size) })
            : bytes(item.size)}
        </Fact>
        <Fact name={t('gallery.file')}>{item.name}</Fact>
        <Fact name={t('gallery.hash')}>
          <span className="block truncate font-mono text-small" title={item.sha256}>
            {item.sha256}
          </span>
        </Fact>
      </dl>
      <Link href={`/tasks/${item.task_id}`} className={`mt-2 inline-block ${linkClass}`}>
        {t('gallery.openTask')}
      </Link>
    </section>
  );
}

/** All there is to know of a work, and what to make of it next. */
export function Details({ item, onFilter }: { item: OutputItem; onFilter: (value: Value) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const [using, setUsing] = useState(false);
  return (
    <div className="flex flex-col gap-6">
      {may('runWorkflow') && (
        <div className="flex flex-wrap gap-2">
          <LinkButton look="primary" href={`/workflows/${item.workflow_slug}?task=${item.task_id}`}>
            <SlidersHorizontal {...icon} />
            {t('gallery.rerun')}
          </LinkButton>
          <Button onClick={() => setUsing(true)}>
            <Import {...icon} />
            {t('gallery.useAsInput')}
          </Button>
        </div>
      )}
      <Values item={item} onFilter={onFilter} />
      <About item={item} />
      {using && <UseAsInput item={item} onClose={() => setUsing(false)} />}
    </div>
  );
}
