import { Link2, Upload } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelSummary } from '#shared/wire/models.ts';
import { useModelFetches, useModelSummary } from '../api/model-queries.ts';
import { bytes } from '../components/format.ts';
import { Disks } from '../components/models/disks.tsx';
import { Duplicates } from '../components/models/duplicates.tsx';
import { FetchSheet, type FetchWish } from '../components/models/fetch-sheet.tsx';
import { ModelList } from '../components/models/list.tsx';
import { Missing, type MissingActions } from '../components/models/missing.tsx';
import { Transfers } from '../components/models/transfers.tsx';
import { UploadSheet } from '../components/models/upload-sheet.tsx';
import { Page } from '../components/page.tsx';
import { Settled } from '../components/settled.tsx';
import { useModelUploads } from '../state/model-uploads.ts';
import { useMay } from '../state/rights.ts';
import { Blank } from '../ui/blank.tsx';
import { Button } from '../ui/button.tsx';

/** How many there are, how much room they take, and whether they are still being read. */
function useWords(summary: ModelSummary | undefined): string {
  const { t } = useTranslation();
  if (!summary) return ' ';
  const count = summary.folders.reduce((sum, folder) => sum + folder.count, 0);
  if (count === 0) return ' ';
  const size = bytes(summary.agents.reduce((sum, agent) => sum + agent.bytes, 0));
  const unread = summary.unread > 0 ? t('models.unread', { count: summary.unread }) : '';
  return t('models.subtitle', { count, size }) + unread;
}

function Shown({ summary, ...actions }: MissingActions & { summary: ModelSummary }) {
  const { t } = useTranslation();
  const busy = useModelUploads(({ uploads }) => uploads.length > 0);
  const fetches = useModelFetches().data?.length ?? 0;
  const { folders, agents, library, missing, duplicates } = summary;
  const empty = folders.length === 0 && library.count === 0;
  return (
    <>
      <Missing missing={missing} {...actions} />
      <Transfers agents={agents} />
      {empty ? (
        !busy &&
        fetches === 0 && (
          <Blank
            title={t(agents.length === 0 ? 'models.noAgentTitle' : 'models.emptyTitle')}
            body={t(agents.length === 0 ? 'models.noAgentBody' : 'models.emptyBody')}
          />
        )
      ) : (
        <>
          <Disks agents={agents} library={library} />
          <Duplicates duplicates={duplicates} reclaimable={summary.reclaimable_bytes} />
          <ModelList summary={summary} />
        </>
      )}
    </>
  );
}

export default function Models() {
  const { t } = useTranslation();
  const may = useMay();
  const query = useModelSummary();
  const [upload, setUpload] = useState<{ folder: string; name: string } | 'any'>();
  const [fetch, setFetch] = useState<FetchWish | 'any'>();
  return (
    <Page
      title={t('models.title')}
      subtitle={useWords(query.data)}
      actions={
        may('presignModel') && (
          <>
            <Button onClick={() => setFetch('any')}>
              <Link2 size={16} strokeWidth={1.5} aria-hidden />
              {t('models.fetch.open')}
            </Button>
            <Button look="primary" onClick={() => setUpload('any')}>
              <Upload size={16} strokeWidth={1.5} aria-hidden />
              {t('models.upload.open')}
            </Button>
          </>
        )
      }
    >
      <Settled query={query}>
        {(summary) => <Shown summary={summary} onUpload={setUpload} onFetch={setFetch} />}
      </Settled>
      <UploadSheet
        open={upload !== undefined}
        wish={upload === 'any' ? undefined : upload}
        onClose={() => setUpload(undefined)}
      />
      <FetchSheet
        open={fetch !== undefined}
        wish={fetch === 'any' ? undefined : fetch}
        onClose={() => setFetch(undefined)}
      />
    </Page>
  );
}
