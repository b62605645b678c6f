import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelFetch, ModelSummary } from '#shared/wire/models.ts';
import { useModelChange, useModelFetches } from '../../api/model-queries.ts';
import { modelApi } from '../../api/models.ts';
import { discardUpload, type ModelUpload, resumeUpload, useModelUploads } from '../../state/model-uploads.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.tsx';
import { bytes } from '../format.ts';
import { Section } from '../page.tsx';
import { timeLeft } from './words.ts';

interface LineProps {
  readonly name: string;
  readonly words: ReactNode;
  /** 0 to 1; left out where nobody knows. */
  readonly share?: number | undefined;
  readonly bad?: boolean;
  readonly children?: ReactNode;
}

/** One thing that comes: name, how far in words, a hairline, what can be done. */
function Line({ name, words, share, bad = false, children }: LineProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="break-all font-medium">{name}</p>
        <p className={`tabular text-small ${bad ? 'text-bad' : 'text-soft'}`}>{words}</p>
        {share !== undefined && (
          <div
            role="progressbar"
            aria-label={name}
            aria-valuenow={Math.round(share * 100)}
            aria-valuemin={0}
            aria-valuemax={100}
            className="mt-2 h-1.5 overflow-hidden rounded-full bg-line"
          >
            <div
              className={`h-full rounded-full transition-[width] ${bad ? 'bg-bad' : 'bg-accent'}`}
              style={{ width: `${Math.min(1, share) * 100}%` }}
            />
          </div>
        )}
      </div>
      <div className="flex gap-2">{children}</div>
    </li>
  );
}

function UploadLine({ upload }: { upload: ModelUpload }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const { id, state, sent, size, displayName, error } = upload;
  const words = {
    sending: t('models.transfers.uploading', { sent: bytes(sent), size: bytes(size) }),
    finishing: t('models.transfers.finishing'),
    failed: t('models.transfers.failed', { error }),
    lost: t('models.transfers.lost'),
  }[state];
  return (
    <Line
      name={displayName}
      words={words}
      share={state === 'lost' ? undefined : sent / size}
      bad={state === 'failed'}
    >
      {state === 'failed' && <Button onClick={() => resumeUpload(id)}>{t('models.transfers.goOn')}</Button>}
      {state === 'lost' && (
        <Button onClick={() => input.current?.click()}>{t('models.transfers.choose')}</Button>
      )}
      <input
        ref={input}
        type="file"
        aria-label={t('models.transfers.choose')}
        tabIndex={-1}
        className="hidden"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file && !resumeUpload(id, file)) notify.bad(t('models.transfers.otherFile'));
          event.target.value = '';
        }}
      />
      {state !== 'finishing' && (
        <Button
          look="quiet"
          size="icon"
          aria-label={t('models.transfers.discardNamed', { name: displayName })}
          onClick={() => void discardUpload(id)}
        >
          <X size={16} strokeWidth={1.5} aria-hidden />
        </Button>
      )}
    </Line>
  );
}

function useFetchWords(): (fetch: ModelFetch) => string {
  const { t } = useTranslation();
  return ({ state, error, received_bytes: received, total_bytes: total, bytes_per_second: rate }) => {
    if (state === 'failed') return error;
    if (state === 'done') return t('models.transfers.fetched');
    if (error) return t('models.transfers.troubled', { error });
    if (received === 0) return t('models.transfers.waiting');
    const amount =
      total === null
        ? t('models.transfers.fetchingSome', { received: bytes(received) })
        : t('models.transfers.fetching', { received: bytes(received), size: bytes(total) });
    if (rate === 0 || total === null) return amount;
    const speed = { rate: bytes(rate), left: timeLeft(total - received, rate) };
    return `${amount}, ${t('models.transfers.rate', speed)}`;
  };
}

function FetchLine({ fetch }: { fetch: ModelFetch }) {
  const { t } = useTranslation();
  const may = useMay();
  const words = useFetchWords()(fetch);
  const retry = useModelChange(modelApi.retryFetch);
  const remove = useModelChange(modelApi.removeFetch);
  const { id, state, received_bytes, total_bytes, display_name } = fetch;
  const share = total_bytes === null || state === 'done' ? undefined : received_bytes / total_bytes;
  return (
    <Line name={display_name} words={words} share={share} bad={state === 'failed'}>
      {state === 'failed' && may('retryModelFetch') && (
        <Button disabled={retry.isPending} onClick={() => retry.mutate(id)}>
          {t('common.retry')}
        </Button>
      )}
      {may('deleteModelFetch') && (
        <Button
          look="quiet"
          size="icon"
          aria-label={t(
            state === 'running' ? 'models.transfers.stopNamed' : 'models.transfers.discardNamed',
            {
              name: display_name,
            },
          )}
          disabled={remove.isPending}
          onClick={() => remove.mutate(id)}
        >
          <X size={16} strokeWidth={1.5} aria-hidden />
        </Button>
      )}
    </Line>
  );
}

/** Everything under way: uploads of this browser, downloads of the gateway, what machines fetch. */
export function Transfers({ agents }: { agents: ModelSummary['agents'] }) {
  const { t } = useTranslation();
  const uploads = useModelUploads((state) => state.uploads);
  const fetches = useModelFetches().data ?? [];
  const syncing = agents.filter(({ sync_phase }) => sync_phase !== '');
  if (uploads.length + fetches.length + syncing.length === 0) return null;
  return (
    <Section title={t('models.transfers.title')}>
      <ul className="divide-y divide-line rounded-card border border-line bg-surface">
        {uploads.map((upload) => (
          <UploadLine key={upload.id} upload={upload} />
        ))}
        {fetches.map((fetch) => (
          <FetchLine key={fetch.id} fetch={fetch} />
        ))}
        {syncing.map(({ agent_id: agent, sync_phase, sync_detail, sync_percent }) => (
          <Line
            key={agent}
            name={t(sync_phase === 'stuck' ? 'models.transfers.stuckAgent' : 'models.transfers.onAgent', {
              agent,
            })}
            words={sync_detail || t('models.transfers.waiting')}
            share={sync_percent / 100}
            bad={sync_phase === 'stuck'}
          />
        ))}
      </ul>
    </Section>
  );
}
