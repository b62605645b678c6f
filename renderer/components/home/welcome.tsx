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
    <div className="flex min-h-[calc(100dvh-12rem)] flex-col justify-center">
      <div className="grid items-center gap-12 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex flex-col items-start gap-5">
          <KilnMark lit size={72} />
          <h2 className="title max-w-md">{t('home.welcome')}</h2>
          <p className="max-w-md text-lead text-soft">{t('home.welcomeBody')}</p>
          <div className="mt-2 flex flex-wrap gap-3">
            {first && (
              <Button look="primary" size="large" disabled={adding} onClick={() => void add(first)}>
                <Play size={17} strokeWidth={1.5} fill="currentColor" aria-hidden />
                {t('home.runSample')}
              </Button>
            )}
            <ImportButton look={first ? 'plain' : 'primary'} label={t('home.chooseFile')} />
          </div>
        </div>
        <ol className="flex flex-col gap-6">
          {steps.map((step, index) => (
            <li key={step} className="flex items-baseline gap-4">
              <span className="w-6 shrink-0 font-serif text-head text-accent-ink" aria-hidden>
                {index + 1}
              </span>
              <span className="text-lead text-soft">{step}</span>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
