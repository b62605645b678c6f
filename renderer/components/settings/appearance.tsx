import { useTranslation } from 'react-i18next';
import { openShortcuts } from '../../state/overlays.ts';
import { prefer, usePreferences } from '../../state/preferences.ts';
import { themeChoices, useTheme } from '../../state/theme.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Row, Rows, SwitchRow } from './row.tsx';

export default function Appearance() {
  const { t } = useTranslation();
  const { choice, choose } = useTheme();
  const singleKeys = usePreferences((all) => all.singleKeys);
  return (
    <div className="flex flex-col gap-6">
      <Rows>
        <Row title={t('settingsPage.appearance.theme')} body={t('settingsPage.appearance.themeBody')}>
          <div className="w-full sm:w-auto">
            <Choice
              label={t('settings.theme')}
              value={choice}
              options={themeChoices.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
              onChange={choose}
            />
          </div>
        </Row>
        <SwitchRow
          id="single-keys"
          title={t('settingsPage.appearance.keys')}
          body={t('settingsPage.appearance.keysBody')}
          checked={singleKeys}
          onChange={(on) => prefer({ singleKeys: on })}
        />
      </Rows>
      <div>
        <Button onClick={openShortcuts}>{t('settingsPage.appearance.seeKeys')}</Button>
      </div>
    </div>
  );
}
