import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { prefer, usePreferences } from '../../state/preferences.ts';
import { Section } from '../page.tsx';
import { Rows, SwitchRow } from './row.tsx';

/** Notices of the system: the browser asks its person, once, when the switch is turned. */
function System() {
  const { t } = useTranslation();
  const on = usePreferences((all) => all.system);
  const [denied, setDenied] = useState(false);
  if (!('Notification' in window)) {
    return <p className="text-soft">{t('settingsPage.notices.unsupported')}</p>;
  }
  const change = async (wanted: boolean) => {
    const granted = wanted && (await Notification.requestPermission()) === 'granted';
    setDenied(wanted && !granted);
    prefer({ system: granted });
  };
  return (
    <>
      <Rows>
        <SwitchRow
          id="system-notices"
          title={t('settingsPage.notices.system')}
          body={t('settingsPage.notices.systemBody')}
          checked={on && Notification.permission === 'granted'}
          onChange={(wanted) => void change(wanted)}
        />
      </Rows>
      {denied && (
        <p role="alert" className="mt-3 text-bad">
          {t('settingsPage.notices.denied')}
        </p>
      )}
    </>
  );
}

export default function NoticesSection() {
  const { t } = useTranslation();
  const every = usePreferences((all) => all.everyTask);
  return (
    <>
      <Section title={t('settingsPage.notices.inApp')}>
        <p className="mb-3 text-soft">{t('settingsPage.notices.inAppBody')}</p>
        <Rows>
          <SwitchRow
            id="every-task"
            title={t('settingsPage.notices.quiet')}
            body={t('settingsPage.notices.quietBody')}
            checked={every}
            onChange={(on) => prefer({ everyTask: on })}
          />
        </Rows>
      </Section>
      <Section title={t('settingsPage.notices.system')}>
        <System />
      </Section>
    </>
  );
}
