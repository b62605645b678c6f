import { useTranslation } from 'react-i18next';
import { useMay } from '../../state/rights.ts';
import { KilnMark } from '../../ui/blank.tsx';
import { ImportButton } from '../importing/file-button.tsx';
import { Begin } from './begin.tsx';

/** The first minute: where one is, and three steps that each need one press. */
export function Welcome() {
  const { t } = useTranslation();
  const mayImport = useMay()('importWorkflow');
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-8 lg:min-h-[calc(100dvh-8rem)] lg:justify-center lg:gap-12">
      <div className="grid items-center gap-8 lg:grid-cols-2 lg:gap-14">
        <div className="flex flex-col items-start gap-4">
          <h2 className="title">{t('home.welcome')}</h2>
          <p className="max-w-md text-lead text-soft">{t('home.welcomeBody')}</p>
          {mayImport && <ImportButton label={t('begin.import')} />}
        </div>
        <div className="ember order-first flex h-40 items-center justify-center rounded-card bg-well lg:order-none lg:h-72">
          <KilnMark lit size={104} />
        </div>
      </div>
      <Begin />
    </div>
  );
}
