import { useTranslation } from 'react-i18next';
import { launchOptions } from '#shared/wire/engines.ts';
import { describes, Field } from '../../ui/field.tsx';
import { NumberInput } from '../../ui/number-input.tsx';

/** After how many minutes without a sign of life a run is ended; 0 is never. */
export function HangField({ seconds, onChange }: { seconds: number; onChange: (seconds: number) => void }) {
  const { t } = useTranslation();
  const id = 'option-hang';
  const fits = launchOptions.shape.hang_s.safeParse(seconds).success;
  const error = fits ? undefined : t('engines.options.hangRange');
  const hint = t('engines.options.hangHint');
  return (
    <Field id={id} label={t('engines.options.hang')} hint={hint} error={error}>
      <NumberInput
        id={id}
        value={seconds / 60}
        min={0}
        max={1440}
        step={5}
        lessLabel={t('engines.options.less')}
        moreLabel={t('engines.options.more')}
        {...describes(id, error, hint)}
        onChange={(value) => onChange(Math.max(0, Math.round((value ?? 0) * 60)))}
      />
    </Field>
  );
}
