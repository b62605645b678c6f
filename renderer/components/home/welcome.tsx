import { Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { KilnMark } from '../../ui/blank.tsx';
import { Button } from '../../ui/button.tsx';
import { ImportButton } from '../importing/file-button.tsx';
import { useSamples } from '../importing/samples.ts';
import { useAddSample } from '../sample-list.tsx';

/** The first minute: one thing to press, and what will happen. */
export function Welcome() {
  const { t } = useTranslation();
  const { data: samples } = useSamples();
  const { add, adding } = useAddSample();
  const first = samples?.[0];
  const steps = [t('home.stepOne'), t('home.stepTwo'), t('home.stepThree')];
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-10 lg:min-h-[calc(100dvh-8rem)] lg:justify-center lg:gap-14">
      <div className="grid items-center gap-8 lg:grid-cols-2 lg:gap-14">
        <div className="flex flex-col items-start gap-4 lg:order-none">
          <h2 className="title">{t('home.welcome')}</h2>
          <p className="max-w-md text-lead text-soft">{t('home.welcomeBody')}</p>
          <div className="mt-3 flex flex-wrap gap-3">
            {first && (
              <Button look="primary" size="large" disabled={adding} onClick={() => void add(first)}>
                <Play size={17} strokeWidth={1.5} fill="currentColor" aria-hidden />
                {t('home.runSample')}
              </Button>
            )}
            <ImportButton look={first ? 'plain' : 'primary'} size="large" label={t('home.chooseFile')} />
          </div>
        </div>
        <div className="ember order-first flex h-52 items-center justify-center rounded-card bg-well lg:order-none lg:h-80">
          <KilnMark lit size={112} />
        </div>
      </div>
      <ol className="grid gap-6 border-line border-t pt-8 sm:grid-cols-3 sm:gap-8">
        {steps.map((step, index) => (
          <li key={step} className="flex items-baseline gap-3">
            <span className="shrink-0 font-serif text-accent-ink text-head" aria-hidden>
              {index + 1}
            </span>
            <span className="text-soft">{step}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
