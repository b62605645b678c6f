import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Retention } from '#shared/wire/storage.ts';
import { useRetention, useSetRetention } from '../../api/storage.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Select } from '../../ui/controls.tsx';
import { notify } from '../../ui/notices.tsx';
import { Settled } from '../settled.tsx';
import { Row, Rows } from './row.tsx';

const forEver = -1;
const choices = {
  input_days: [1, 3, 7, 30, forEver],
  output_days: [7, 30, 90, 365, forEver],
} as const satisfies Record<keyof Retention, readonly number[]>;

function useDays(): (days: number) => string {
  const { t } = useTranslation();
  return (days) => {
    if (days === forEver) return t('storage.forEver');
    return days === 365 ? t('storage.year') : t('storage.days', { count: days });
  };
}

function Choice({
  name,
  value,
  title,
  body,
  onChange,
}: {
  name: keyof Retention;
  value: number;
  title: string;
  body: string;
  onChange: (days: number) => void;
}) {
  const words = useDays();
  const all: readonly number[] = choices[name];
  // What somebody set through the API is shown as it is.
  const shown = all.includes(value) ? all : [value, ...all];
  return (
    <Row title={<span id={`keep-${name}`}>{title}</span>} body={body}>
      <Select
        aria-labelledby={`keep-${name}`}
        className="w-36!"
        value={String(value)}
        options={shown.map((days) => ({ value: String(days), label: words(days) }))}
        onChange={(days) => onChange(Number(days))}
      />
    </Row>
  );
}

const shorter = (next: number, now: number): boolean => next !== forEver && (now === forEver || next < now);

/** For how long files are kept: changed at once, but for what takes results away, which is asked first. */
export function Keeping() {
  const { t } = useTranslation();
  const query = useRetention();
  const save = useSetRetention();
  const words = useDays();
  const [asked, setAsked] = useState<number | null>(null);
  const change = (changes: Partial<Retention>) =>
    save.mutate(changes, { onError: (error) => void notify.bad(error.message) });
  return (
    <Settled query={query}>
      {(now) => (
        <>
          <Rows>
            <Choice
              name="input_days"
              value={now.input_days}
              title={t('storage.keepInputs')}
              body={t('storage.keepInputsBody')}
              onChange={(days) => change({ input_days: days })}
            />
            <Choice
              name="output_days"
              value={now.output_days}
              title={t('storage.keepOutputs')}
              body={t('storage.keepOutputsBody')}
              onChange={(days) =>
                shorter(days, now.output_days) ? setAsked(days) : change({ output_days: days })
              }
            />
          </Rows>
          <Confirm
            open={asked !== null}
            onClose={() => setAsked(null)}
            title={t('storage.shorten', { days: words(asked ?? 1).toLowerCase() })}
            body={t('storage.shortenBody')}
            act={t('storage.shortenAct', { days: words(asked ?? 1).toLowerCase() })}
            keep={t('storage.shortenKeep')}
            danger
            onAct={() => asked !== null && change({ output_days: asked })}
          />
        </>
      )}
    </Settled>
  );
}
