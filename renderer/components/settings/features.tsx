import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type FeatureScope, featureCatalogue, featuresToCome } from '#shared/features.ts';
import { useFeatures, useSetFeatures } from '../../api/shell.ts';
import { controlClass } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';
import { Section } from '../page.tsx';
import { Settled } from '../settled.tsx';
import { isLimit, type LimitName, limitOf, limitText, type SwitchName } from './limits.ts';
import { Row, Rows, SwitchRow } from './row.tsx';

/** One limit: empty means none. Written when it is left or Enter is pressed. */
function Limit({
  name,
  value,
  onChange,
}: {
  name: LimitName;
  value: number;
  onChange: (value: number) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? limitText(value);
  const next = limitOf(text);
  const settle = () => {
    if (next === null) return;
    setTyped(null);
    if (next !== value) onChange(next);
  };
  const id = `limit-${name}`;
  return (
    <Row
      title={<label htmlFor={id}>{t(`settingsPage.features.${name}`)}</label>}
      body={
        next === null ? (
          <span id={`${id}-error`} role="alert" className="text-bad">
            {t('settingsPage.features.limitRule')}
          </span>
        ) : undefined
      }
    >
      <input
        id={id}
        inputMode="numeric"
        placeholder={t('settingsPage.features.noLimit')}
        aria-invalid={next === null ? true : undefined}
        aria-describedby={next === null ? `${id}-error` : undefined}
        value={text}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={settle}
        onKeyDown={(event) => event.key === 'Enter' && settle()}
        className={`${controlClass} tabular h-9 w-32! text-right`}
      />
    </Row>
  );
}

function Scope({ scope }: { scope: FeatureScope }) {
  const { t } = useTranslation();
  const { data } = useFeatures();
  const save = useSetFeatures();
  if (!data) return null;
  const { features, quotas } = featureCatalogue[scope];
  const onError = (error: Error) => void notify.bad(error.message);
  const switches = (Object.keys(features) as SwitchName[]).filter((name) => !featuresToCome.has(name));
  return (
    <Rows>
      {switches.map((name) => (
        <SwitchRow
          key={name}
          id={`feature-${name}`}
          title={t(`settingsPage.features.${name}`)}
          body={t(`settingsPage.features.${name}Body`)}
          checked={data[scope].features[name] ?? false}
          onChange={(on) => save.mutate({ [scope]: { features: { [name]: on } } }, { onError })}
        />
      ))}
      {Object.keys(quotas)
        .filter(isLimit)
        .map((name) => (
          <Limit
            key={name}
            name={name}
            value={data[scope].quotas[name] ?? -1}
            onChange={(limit) => save.mutate({ [scope]: { quotas: { [name]: limit } } }, { onError })}
          />
        ))}
    </Rows>
  );
}

/** What is switched on in this studio, and how much of it: takes effect at once. */
export default function Features() {
  const { t } = useTranslation();
  const query = useFeatures();
  return (
    <Settled query={query}>
      {() => (
        <>
          <Section title={t('settingsPage.features.studio')}>
            <Scope scope="global" />
          </Section>
          <Section title={t('settingsPage.features.people')}>
            <Scope scope="account" />
          </Section>
          <Section title={t('settingsPage.features.team')}>
            <Scope scope="team" />
          </Section>
        </>
      )}
    </Settled>
  );
}
