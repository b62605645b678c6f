import { useTranslation } from 'react-i18next';
import { type StorageReply, storageKinds } from '#shared/wire/storage.ts';
import { useStorage } from '../../api/storage.ts';
import { useConnection } from '../../state/connection.ts';
import { Meter } from '../../ui/meter.tsx';
import { bytes } from '../format.ts';
import { Section } from '../page.tsx';
import { Settled } from '../settled.tsx';
import { Row, Rows } from './row.tsx';
import { CleanNow } from './storage-clean.tsx';
import { Keeping } from './storage-keeping.tsx';

/** Below this share of the disk it is time to say so. */
const lowShare = 0.05;

function Usage({ storage }: { storage: StorageReply }) {
  const { t } = useTranslation();
  const { kinds, used_bytes, quota_bytes, disk_free_bytes, disk_total_bytes } = storage;
  const free = disk_free_bytes / disk_total_bytes;
  // Uploads on their way and models are told of only where there are any.
  const shown = storageKinds.filter(
    (kind) => kind === 'inputs' || kind === 'outputs' || kinds[kind].file_count > 0,
  );
  return (
    <Rows>
      {shown.map((kind) => {
        const { file_count, total_bytes } = kinds[kind];
        return (
          <Row
            key={kind}
            title={t(`storage.kinds.${kind}`)}
            body={file_count > 0 ? t('storage.files', { count: file_count }) : undefined}
          >
            <span className="tabular text-soft">
              {file_count > 0 ? bytes(total_bytes) : t('storage.nothing')}
            </span>
          </Row>
        );
      })}
      <div className="flex flex-col gap-4 px-4 py-4">
        {quota_bytes >= 0 && (
          <Meter
            label={t('storage.quota')}
            words={t('storage.quotaWords', { used: bytes(used_bytes), quota: bytes(quota_bytes) })}
            share={quota_bytes === 0 ? 1 : used_bytes / quota_bytes}
          />
        )}
        <Meter
          label={t('storage.disk')}
          words={t('storage.diskWords', { free: bytes(disk_free_bytes), total: bytes(disk_total_bytes) })}
          share={1 - free}
        />
        {free < lowShare && (
          <p role="status" className="text-small text-bad">
            {t('storage.low')}
          </p>
        )}
      </div>
    </Rows>
  );
}

/** What is kept, for how long, and cleaning up. */
export default function Storage() {
  const { t } = useTranslation();
  const query = useStorage();
  const operator = useConnection((state) => state.profile?.is_operator === true);
  return (
    <div>
      <Settled query={query}>{(storage) => <Usage storage={storage} />}</Settled>
      {operator && (
        <Section title={t('storage.keep')}>
          <div className="flex flex-col gap-4">
            <Keeping />
            <CleanNow />
          </div>
        </Section>
      )}
    </div>
  );
}
