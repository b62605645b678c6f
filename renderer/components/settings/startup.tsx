import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { host } from '../../state/host.ts';
import { Section } from '../page.tsx';
import { Command } from './network.tsx';
import { Rows, SwitchRow } from './row.tsx';

/** In the app: start with the computer. */
function Login() {
  const { t } = useTranslation();
  const [on, setOn] = useState(false);
  useEffect(() => void host?.startAtLogin?.().then(setOn), []);
  return (
    <Rows>
      <SwitchRow
        id="start-at-login"
        title={t('settingsPage.startup.login')}
        body={t('settingsPage.startup.loginBody')}
        checked={on}
        onChange={(next) => void host?.startAtLogin?.(next).then(setOn)}
      />
    </Rows>
  );
}

export default function Startup() {
  const { t } = useTranslation();
  return (
    <Section title={t('settingsPage.startup.title')}>
      <p className="mb-4 text-soft">{t(`settingsPage.startup.${host ? 'desktop' : 'server'}`)}</p>
      {host?.startAtLogin ? (
        <Login />
      ) : (
        <>
          <p className="mb-3 text-soft">{t('settingsPage.startup.serverHow')}</p>
          <Command text="atelier serve" />
        </>
      )}
    </Section>
  );
}
