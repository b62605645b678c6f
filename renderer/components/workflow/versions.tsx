import { GitCompareArrows, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotItem } from '#shared/wire/workflow-life.ts';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { useSnapshots, useWorkflowChange, workflowApi } from '../../api/workflow-life.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';
import { ago } from '../format.ts';
import { Settled } from '../settled.tsx';
import { useNow } from '../use-now.ts';
import { CompareSheet } from './compare-sheet.tsx';
import { Note } from './note.tsx';

const tell = (error: Error) => void notify.bad(error.message);

interface RowProps {
  readonly snapshot: SnapshotItem;
  readonly now: number;
  readonly onCompare: (() => void) | undefined;
  readonly onRestore: (() => void) | undefined;
}

function Row({ snapshot, now, onCompare, onRestore }: RowProps) {
  const { t } = useTranslation();
  const { workflow_version: version, created_at: at, saved_by: name } = snapshot;
  const when = ago(at, now);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="tabular font-medium">{t('workflow.versions.number', { version })}</span>
          {snapshot.is_current && (
            <span className="text-good text-small">{t('workflow.versions.current')}</span>
          )}
          <time dateTime={at} title={at} className="text-small text-soft">
            {name ? t('workflow.versions.savedBy', { when, name }) : when}
          </time>
        </p>
        <Note snapshot={snapshot} />
      </div>
      <div className="flex gap-2">
        {onCompare && (
          <Button
            look="quiet"
            onClick={onCompare}
            aria-label={t('workflow.versions.compareNamed', { version })}
          >
            <GitCompareArrows size={16} strokeWidth={1.5} aria-hidden />
            {t('workflow.versions.compare')}
          </Button>
        )}
        {onRestore && (
          <Button
            look="quiet"
            onClick={onRestore}
            aria-label={t('workflow.versions.restoreNamed', { version })}
          >
            <RotateCcw size={16} strokeWidth={1.5} aria-hidden />
            {t('workflow.versions.restore')}
          </Button>
        )}
      </div>
    </li>
  );
}

function Restore({
  workflow,
  snapshot,
  onClose,
}: {
  workflow: WorkflowDetail;
  snapshot: SnapshotItem;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const restore = useWorkflowChange(() => workflowApi.restore(workflow.id, snapshot.id));
  const { workflow_version: version } = snapshot;
  const act = () =>
    restore.mutate(undefined, {
      onError: tell,
      onSuccess: () =>
        void notify.done(t('workflow.versions.restored', { version, now: workflow.version + 1 })),
    });
  return (
    <Confirm
      open
      onClose={onClose}
      title={t('workflow.versions.restoreTitle', { version })}
      body={t('workflow.versions.restoreBody', { current: workflow.version })}
      act={t('workflow.versions.restore')}
      keep={t('workflow.versions.keep')}
      onAct={act}
    />
  );
}

function List({ workflow, snapshots }: { workflow: WorkflowDetail; snapshots: readonly SnapshotItem[] }) {
  const { t } = useTranslation();
  const may = useMay();
  const now = useNow(true, 30_000);
  const [pair, setPair] = useState<readonly [string, string] | null>(null);
  const [back, setBack] = useState<SnapshotItem | null>(null);
  const current = snapshots.find((one) => one.is_current);
  return (
    <>
      <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
        {snapshots.map((snapshot, index) => {
          // The current one is compared with the one before it, every other with the current one.
          const other = snapshot.is_current ? snapshots[index + 1] : current;
          const older = other && (other.workflow_version < snapshot.workflow_version ? other : snapshot);
          const newer = older === snapshot ? other : snapshot;
          return (
            <Row
              key={snapshot.id}
              snapshot={snapshot}
              now={now}
              onCompare={older && newer ? () => setPair([older.id, newer.id]) : undefined}
              onRestore={
                !snapshot.is_current && may('restoreWorkflowSnapshot') ? () => setBack(snapshot) : undefined
              }
            />
          );
        })}
      </ul>
      {snapshots.length === 1 && workflow.version === 1 && (
        <p className="mt-3 text-soft">{t('workflow.versions.onlyOne')}</p>
      )}
      {pair && (
        <CompareSheet
          workflowId={workflow.id}
          snapshots={snapshots}
          pair={pair}
          onClose={() => setPair(null)}
        />
      )}
      {back && <Restore workflow={workflow} snapshot={back} onClose={() => setBack(null)} />}
    </>
  );
}

/** The history: who saved what when, what differs, and the way back. */
export function Versions({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const [page, setPage] = useState(1);
  const query = useSnapshots(workflow.id, page);
  return (
    <div className="max-w-4xl">
      <p className="mb-4 text-soft">{t('workflow.versions.intro')}</p>
      <Settled query={query}>
        {({ snapshot_list, page_meta: { total_count, per_page } }) => (
          <>
            <List workflow={workflow} snapshots={snapshot_list} />
            {total_count > per_page && (
              <div className="mt-4 flex justify-center gap-2">
                <Button disabled={page === 1} onClick={() => setPage(page - 1)}>
                  {t('workflow.versions.newer')}
                </Button>
                <Button disabled={page * per_page >= total_count} onClick={() => setPage(page + 1)}>
                  {t('workflow.versions.older')}
                </Button>
              </div>
            )}
          </>
        )}
      </Settled>
    </div>
  );
}
