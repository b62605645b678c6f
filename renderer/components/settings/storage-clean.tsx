import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CleanReply } from '#shared/wire/storage.ts';
import { useClean, usePlanClean } from '../../api/storage.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';
import { bytes } from '../format.ts';
import { Row, Rows } from './row.tsx';

const isEmpty = (plan: CleanReply): boolean => Object.values(plan).every((count) => count === 0);

/** What would go, line by line. */
function Plan({ plan }: { plan: CleanReply }) {
  const { t } = useTranslation();
  const lines = [
    plan.inputs > 0 && t('storage.planInputs', { count: plan.inputs }),
    plan.outputs > 0 && t('storage.planOutputs', { count: plan.outputs }),
    plan.uploads > 0 && t('storage.planUploads', { count: plan.uploads }),
  ].filter((line) => line !== false);
  return (
    <>
      {t('storage.planBody')}
      {(lines.length > 0 ? lines : [t('storage.planLoose')]).map((line) => (
        <span key={line} className="mt-1 block">
          – {line}
        </span>
      ))}
    </>
  );
}

/** Cleaning up by hand: first what it would free, then the question. */
export function CleanNow() {
  const { t } = useTranslation();
  const look = usePlanClean();
  const clean = useClean();
  const [plan, setPlan] = useState<CleanReply | null>(null);
  const [open, setOpen] = useState(false);
  const onError = (error: Error) => void notify.bad(error.message);
  const ask = () =>
    look.mutate(undefined, {
      onError,
      onSuccess: (found) => {
        setPlan(found);
        setOpen(!isEmpty(found));
      },
    });
  const act = () =>
    clean.mutate(undefined, {
      onError,
      onSuccess: ({ freed_bytes }) => {
        setPlan(null);
        notify.done(t('storage.done', { size: bytes(freed_bytes) }));
      },
    });
  const busy = look.isPending || clean.isPending;
  const tidy = plan !== null && isEmpty(plan) && !busy;
  const size = plan && plan.freed_bytes > 0 ? bytes(plan.freed_bytes) : null;
  return (
    <Rows>
      <Row
        title={t('storage.clean')}
        body={<span role="status">{tidy ? t('storage.tidy') : t('storage.cleanBody')}</span>}
      >
        <Button disabled={busy} onClick={ask}>
          {clean.isPending
            ? t('storage.cleaning')
            : look.isPending
              ? t('storage.looking')
              : t('storage.cleanNow')}
        </Button>
      </Row>
      {plan && (
        <Confirm
          open={open}
          onClose={() => setOpen(false)}
          title={size ? t('storage.plan', { size }) : t('storage.planNone')}
          body={<Plan plan={plan} />}
          act={t('storage.act')}
          keep={t('storage.keepAll')}
          danger
          onAct={act}
        />
      )}
    </Rows>
  );
}
