import { Play, RotateCw, Square, Unplug } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngineAction } from '../../api/engine-queries.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';
import { nameOf } from './standing.ts';

interface ActionsProps {
  readonly engine: EngineItem;
  /** On its own page there is room for more, and the first step is the page's main thing to do. */
  readonly full?: boolean;
}

/** Start, stop, restart: whatever makes sense now. What a task is at work in is asked about first. */
export function EngineActions({ engine, full = false }: ActionsProps) {
  const { t } = useTranslation();
  const may = useMay();
  const { act, isPending } = useEngineAction(engine);
  const [asked, setAsked] = useState<'stop' | 'restart' | null>(null);
  const name = nameOf(t, engine);
  const { state, kind, running_tasks: count } = engine;
  const attached = kind === 'attach';
  const gently = (action: 'stop' | 'restart') => (count > 0 ? setAsked(action) : act(action));
  if (state === 'incomplete') return null;
  // Several cards have the same buttons; to a reader each says whose it is.
  const named = (verb: string) => t('engines.actions.named', { verb, name });
  const startWord = t(
    `engines.actions.${attached ? 'connect' : state === 'crashed' ? 'startAgain' : 'start'}`,
  );
  const stopWord = t(`engines.actions.${attached ? 'disconnect' : state === 'crashed' ? 'leave' : 'stop'}`);

  // One that runs by itself, left over or started elsewhere, is taken over by starting it.
  const idle = state === 'ready' && !engine.serves;
  const start = (state === 'stopped' || state === 'crashed' || idle) && may('startEngine') && (
    <Button
      look={full || state === 'crashed' ? 'primary' : 'plain'}
      disabled={isPending}
      aria-label={named(startWord)}
      onClick={() => act('start')}
    >
      <Play size={15} strokeWidth={1.5} fill="currentColor" aria-hidden />
      {startWord}
    </Button>
  );
  const restart = state === 'ready' && !idle && !attached && may('restartEngine') && (
    <Button
      disabled={isPending}
      aria-label={named(t('engines.actions.restart'))}
      onClick={() => gently('restart')}
    >
      <RotateCw size={15} strokeWidth={1.5} aria-hidden />
      {t('engines.actions.restart')}
    </Button>
  );
  const StopIcon = attached ? Unplug : Square;
  const stop = state !== 'stopped' && !idle && may('stopEngine') && (
    <Button disabled={isPending} aria-label={named(stopWord)} onClick={() => gently('stop')}>
      <StopIcon size={14} strokeWidth={1.5} aria-hidden />
      {stopWord}
    </Button>
  );
  const free = full && state === 'ready' && !idle && kind !== 'starter' && may('freeEngine') && (
    <Button
      disabled={isPending}
      onClick={() => act('free', () => void notify.done(t('engines.actions.freed')))}
    >
      {t('engines.actions.free')}
    </Button>
  );
  return (
    <>
      {start}
      {restart}
      {stop}
      {free}
      <Confirm
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={t('engines.actions.busyTitle', { count })}
        body={t('engines.actions.busyBody')}
        act={t(`engines.actions.${asked === 'restart' ? 'restartAnyway' : 'stopAnyway'}`)}
        keep={t('engines.job.goOn')}
        danger
        onAct={() => asked && act(asked)}
      />
    </>
  );
}
