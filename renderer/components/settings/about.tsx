import { useTranslation } from 'react-i18next';
import { useStudio } from '../../api/shell.ts';
import { KilnMark } from '../../ui/blank.tsx';
import { Anchor } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Meter } from '../../ui/meter.tsx';
import { bytes, moment } from '../format.ts';
import { Settled } from '../settled.tsx';
import { Row, Rows } from './row.tsx';

const value = 'tabular text-soft';

export default function About() {
  const { t } = useTranslation();
  const query = useStudio();
  return (
    <Settled query={query}>
      {(studio) => (
        <div className="flex flex-col gap-6">
          <div className="flex items-center gap-4">
            <KilnMark size={56} />
            <div>
              <p className="title">{t('app.name')}</p>
              <p className="tabular text-soft">
                {t('settingsPage.about.version')} {studio.version}
              </p>
            </div>
          </div>
          <Rows>
            <Row title={t('settingsPage.about.id')}>
              <span className={value}>{studio.gateway_id}</span>
            </Row>
            <Row title={t('settingsPage.about.up')}>
              <span className={value}>{moment(studio.started_at)}</span>
            </Row>
            <Row title={t('settingsPage.about.platform')}>
              <span className={value}>{studio.platform}</span>
            </Row>
            {studio.data_folder && (
              <Row
                title={t('settingsPage.about.folder')}
                body={
                  <>
                    <code className="font-mono">{studio.data_folder}</code>
                    <br />
                    {t('settingsPage.about.folderBody')}
                  </>
                }
              >
                <CopyButton text={studio.data_folder} label={t('common.copy')} />
              </Row>
            )}
            {studio.disk && (
              <div className="px-4 py-3.5">
                <Meter
                  label={t('settingsPage.about.disk')}
                  words={t('settingsPage.about.diskWords', {
                    free: bytes(studio.disk.free),
                    total: bytes(studio.disk.total),
                  })}
                  share={1 - studio.disk.free / studio.disk.total}
                />
              </div>
            )}
          </Rows>
          <div className="flex flex-wrap gap-2">
            <Anchor href="/docs">{t('settingsPage.about.docs')}</Anchor>
          </div>
        </div>
      )}
    </Settled>
  );
}
