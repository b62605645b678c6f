import { Globe, Lock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStudio } from '../../api/shell.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Section } from '../page.tsx';
import { Settled } from '../settled.tsx';
import { Row, Rows } from './row.tsx';

const command = (open: boolean) => `atelier serve${open ? ' --host 0.0.0.0' : ''}`;

/** A line for a terminal, ready to copy. */
export function Command({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-wrap items-center gap-3">
      <code className="min-w-0 flex-1 basis-64 rounded-control bg-well px-3 py-2 font-mono text-small">
        {text}
      </code>
      <CopyButton text={text} label={t('common.copy')} />
    </div>
  );
}

export default function Network() {
  const { t } = useTranslation();
  const query = useStudio();
  return (
    <Settled query={query}>
      {({ open_to_network: open, addresses }) => (
        <>
          <Section title={t('settingsPage.network.title')}>
            <div className="flex items-start gap-3 rounded-card border border-line bg-surface p-4">
              {open ? (
                <Globe size={20} strokeWidth={1.5} className="mt-0.5 shrink-0 text-good" aria-hidden />
              ) : (
                <Lock size={20} strokeWidth={1.5} className="mt-0.5 shrink-0 text-idle" aria-hidden />
              )}
              <div>
                <p className="font-semibold">{t(`settingsPage.network.${open ? 'open' : 'closed'}`)}</p>
                <p className="text-soft">{t(`settingsPage.network.${open ? 'openBody' : 'closedBody'}`)}</p>
                {open && <p className="mt-2 text-soft">{t('settingsPage.network.plain')}</p>}
              </div>
            </div>
          </Section>
          <Section title={t('settingsPage.network.addresses')}>
            <Rows>
              {addresses.map((address) => (
                <Row
                  key={address}
                  title={<code className="font-mono text-small">{address}</code>}
                  body={address.includes('//127.0.0.1') && t('settingsPage.network.own')}
                >
                  <CopyButton text={address} label={t('common.copy')} />
                </Row>
              ))}
            </Rows>
          </Section>
          <Section title={t(`settingsPage.network.${open ? 'howClose' : 'how'}`)}>
            <p className="mb-3 text-soft">{t(`settingsPage.network.${open ? 'howCloseBody' : 'howBody'}`)}</p>
            <Command text={command(!open)} />
          </Section>
        </>
      )}
    </Settled>
  );
}
