import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotItem } from '#shared/wire/workflow-life.ts';
import { useSnapshot } from '../../api/workflow-life.ts';
import { Select } from '../../ui/controls.tsx';
import { Field } from '../../ui/field.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Settled } from '../settled.tsx';
import { ComparisonOf } from './comparison.tsx';

interface CompareProps {
  readonly workflowId: string;
  readonly snapshots: readonly SnapshotItem[];
  /** The two to begin with, the older one first. */
  readonly pair: readonly [string, string];
  readonly onClose: () => void;
}

/** Two versions of the list, chosen freely, and what lies between them. */
export function CompareSheet({ workflowId, snapshots, pair, onClose }: CompareProps) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(pair[0]);
  const [to, setTo] = useState(pair[1]);
  const before = useSnapshot(workflowId, from);
  const after = useSnapshot(workflowId, to);
  const options = snapshots.map((one) => ({
    value: one.id,
    label: t('workflow.versions.number', { version: one.workflow_version }),
  }));
  return (
    <Sheet open onClose={onClose} title={t('workflow.versions.compareTitle')}>
      <div className="mb-6 grid grid-cols-2 gap-4">
        <Field id="compare-from" label={t('workflow.versions.from')}>
          <Select
            id="compare-from"
            aria-labelledby="compare-from-label compare-from"
            value={from}
            options={options}
            onChange={setFrom}
          />
        </Field>
        <Field id="compare-to" label={t('workflow.versions.to')}>
          <Select
            id="compare-to"
            aria-labelledby="compare-to-label compare-to"
            value={to}
            options={options}
            onChange={setTo}
          />
        </Field>
      </div>
      <Settled query={before}>
        {(old) => <Settled query={after}>{(now) => <ComparisonOf before={old} after={now} />}</Settled>}
      </Settled>
    </Sheet>
  );
}
