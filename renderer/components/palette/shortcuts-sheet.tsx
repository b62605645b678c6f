import { useTranslation } from 'react-i18next';
import { pageKeys } from '../../app/global-keys.ts';
import { places } from '../../app/rail.tsx';
import { closeOverlay } from '../../state/overlays.ts';
import { usePreferences } from '../../state/preferences.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { Section } from '../page.tsx';
import { Keys } from './keys.tsx';

const command = /Mac|iP(ad|hone)/.test(navigator.platform) ? '⌘' : 'Ctrl';

function Rows({ rows }: { rows: readonly { readonly label: string; readonly keys: readonly string[] }[] }) {
  return (
    <dl className="divide-y divide-line">
      {rows.map(({ label, keys }) => (
        <div key={label} className="flex items-center justify-between gap-4 py-2.5">
          <dt>{label}</dt>
          <dd>
            <Keys keys={keys} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Every shortcut there is, on one sheet. */
export default function ShortcutsSheet() {
  const { t } = useTranslation();
  const single = usePreferences((all) => all.singleKeys);
  const toPages = Object.entries(pageKeys).flatMap(([key, href]) => {
    const place = places.find((one) => one.href === href);
    return place ? [{ label: t(`nav.${place.name}`), keys: [key.toUpperCase()] }] : [];
  });
  return (
    <Sheet open onClose={closeOverlay} title={t('shortcuts.title')}>
      <Section title={t('shortcuts.groups.anywhere')}>
        <Rows
          rows={[
            { label: t('shortcuts.palette'), keys: [command, 'K'] },
            { label: t('shortcuts.settings'), keys: [command, ','] },
            ...(single
              ? [
                  { label: t('shortcuts.sheet'), keys: ['?'] },
                  { label: t('shortcuts.search'), keys: ['/'] },
                ]
              : []),
            { label: t('shortcuts.escape'), keys: ['Esc'] },
          ]}
        />
      </Section>
      <Section title={t('shortcuts.groups.run')}>
        <Rows
          rows={[
            { label: t('shortcuts.run'), keys: ['Ctrl', 'Enter'] },
            { label: t('shortcuts.interrupt'), keys: ['Ctrl', 'Alt', 'Enter'] },
          ]}
        />
      </Section>
      <Section title={t('shortcuts.groups.go')}>
        {single ? <Rows rows={toPages} /> : <p className="text-soft">{t('shortcuts.off')}</p>}
      </Section>
    </Sheet>
  );
}
