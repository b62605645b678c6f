import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import {
  type EngineItem,
  type EngineSettings,
  type LaunchOptions,
  launchOptions,
  type updateEngineRequest,
} from '#shared/wire/engines.ts';
import { useEngineAction, useEngineChange, useEngineSettings } from '../../api/engine-queries.ts';
import { engineApi } from '../../api/engines.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/controls.tsx';
import { Problem } from '../problem.tsx';
import { Settled } from '../settled.tsx';
import { joinArguments, splitArguments } from './arguments.ts';
import { Environment, type EnvironmentChange } from './environment.tsx';
import { ExtraArguments } from './extra-arguments.tsx';
import { LaunchFields } from './launch-fields.tsx';

type Change = z.input<typeof updateEngineRequest>;

interface Draft {
  readonly options: LaunchOptions;
  readonly extra: string;
  readonly env: EnvironmentChange;
  readonly serves: boolean;
}

const draftOf = (settings: EngineSettings, engine: EngineItem): Draft => ({
  options: settings.options,
  extra: joinArguments(settings.options.extra),
  env: {},
  serves: engine.serves,
});

const changeOf = ({ options, extra, env, serves }: Draft): Change => ({
  options: { ...options, extra: splitArguments(extra) },
  serves,
  ...(Object.keys(env).length > 0 ? { env } : {}),
});

function Group({ children }: { children: ReactNode }) {
  return <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">{children}</div>;
}

/** Saved settings wait for the next start, which is one press away. */
function Saved({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const may = useMay();
  const { act, isPending } = useEngineAction(engine);
  const up = engine.state === 'ready' || engine.state === 'starting';
  return (
    <div
      role="status"
      className="flex animate-arrive flex-wrap items-center justify-between gap-3 rounded-card border border-line bg-surface px-4 py-3"
    >
      <p>{t('engines.options.saved')}</p>
      {up && may('restartEngine') && (
        <Button disabled={isPending} onClick={() => act('restart')}>
          {t('engines.actions.restart')}
        </Button>
      )}
    </div>
  );
}

function Form({ engine, settings }: { engine: EngineItem; settings: EngineSettings }) {
  const { t } = useTranslation();
  const may = useMay();
  const [draft, setDraft] = useState(() => draftOf(settings, engine));
  const [saved, setSaved] = useState(false);
  const save = useEngineChange((change: Change) => engineApi.change(engine, change), engine);
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setSaved(false);
  };
  const submit = () =>
    save.mutate(changeOf(draft), {
      onSuccess: () => {
        setDraft({ ...draft, env: {} });
        setSaved(true);
      },
    });
  const fits = launchOptions.safeParse(draft.options).success;
  const flags = Object.keys(settings.offered).filter((flag) => flag.startsWith('--'));
  return (
    <form
      className="flex max-w-3xl flex-col gap-8"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <fieldset disabled={!may('updateEngineSettings')} className="contents">
        <Group>
          <LaunchFields
            engine={engine}
            options={draft.options}
            flags={flags}
            onChange={(options) => change({ options })}
          />
        </Group>
        <ExtraArguments value={draft.extra} flags={flags} onChange={(extra) => change({ extra })} />
        <Environment names={settings.env_names} change={draft.env} onChange={(env) => change({ env })} />
        <div className="flex items-center gap-3">
          <Switch
            aria-labelledby="engine-serves"
            checked={draft.serves}
            onChange={(serves) => change({ serves })}
          />
          <div>
            <p id="engine-serves" className="font-medium">
              {t('engines.options.serves')}
            </p>
            <p className="text-small text-soft">{t('engines.options.servesHint')}</p>
          </div>
        </div>
        {save.isError && <Problem error={save.error} />}
        {saved && <Saved engine={engine} />}
        {may('updateEngineSettings') ? (
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" look="primary" disabled={save.isPending || !fits}>
              {t('engines.options.save')}
            </Button>
            <p className="text-small text-soft">{t('engines.options.running')}</p>
          </div>
        ) : (
          <p className="text-soft">{t('engines.options.readOnly')}</p>
        )}
      </fieldset>
    </form>
  );
}

/** How the engine is launched, as a form; checked against what this very ComfyUI knows. */
export function Options({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const query = useEngineSettings(engine);
  return (
    <>
      {query.isPending && (
        <p role="status" className="animate-breathe text-soft">
          {t('engines.options.asking')}
        </p>
      )}
      <Settled query={query}>{(settings) => <Form engine={engine} settings={settings} />}</Settled>
    </>
  );
}
