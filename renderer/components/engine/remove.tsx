import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngineChange } from '../../api/engine-queries.ts';
import { engineApi } from '../../api/engines.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';
import { isUp, nameOf } from './standing.ts';

/** Takes an engine away, after it was said plainly what is deleted and what is not. */
export function RemoveEngine({ engine, label }: { engine: EngineItem; label?: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState(false);
  const name = nameOf(t, engine);
  const { kind } = engine;
  const remove = useEngineChange(async () => {
    if (isUp(engine)) await engineApi.act(engine, 'stop');
    return engineApi.remove(engine, kind === 'install');
  });
  return (
    <>
      <Button look="danger" disabled={remove.isPending} onClick={() => setAsked(true)}>
        {label ?? t(`engines.remove.do.${kind}`)}
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={t(`engines.remove.askTitle.${kind}`, { name })}
        body={[
          t(`engines.remove.body.${kind}`, { place: engine.place }),
          isUp(engine) && kind !== 'attach' && t('engines.remove.stopsFirst'),
        ]
          .filter(Boolean)
          .join(' ')}
        act={t(`engines.remove.do.${kind}`)}
        keep={t('engines.remove.keep')}
        danger
        onAct={() =>
          remove.mutate(undefined, {
            onSuccess: ({ kept_at: place }) => {
              notify.done(
                place === null
                  ? t('engines.remove.done', { name })
                  : t('engines.remove.doneKept', { name, place }),
              );
              navigate('/engines');
            },
            onError: (error) => void notify.bad(error.message),
          })
        }
      />
    </>
  );
}
