import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { FoundEngine } from '#shared/wire/engine-adding.ts';
import { useEngineChange, useFound } from '../../../api/engine-queries.ts';
import { engineApi } from '../../../api/engines.ts';
import { Button } from '../../../ui/button.tsx';
import { controlClass, Field } from '../../../ui/field.tsx';
import { Problem } from '../../problem.tsx';
import { engineHref } from '../standing.ts';
import { NameField, nameGiven, Way } from './way.tsx';

interface Place {
  readonly path: string;
  readonly python: string;
  readonly base?: string | null;
  readonly name?: string;
}

function useAdopt(agentId: string) {
  const [, navigate] = useLocation();
  const adopt = useEngineChange(({ path, python, base, name = '' }: Place) =>
    engineApi.add(agentId, {
      kind: 'adopt',
      path: path.trim(),
      ...(python.trim() ? { python: python.trim() } : {}),
      ...(base ? { base } : {}),
      ...nameGiven(name),
    }),
  );
  const take = (place: Place) =>
    adopt.mutate(place, {
      onSuccess: ({ engine_id }) => navigate(engineHref({ agent_id: agentId, engine_id })),
    });
  return { take, isPending: adopt.isPending, error: adopt.error };
}

type Adopting = ReturnType<typeof useAdopt>;

function Found({ found, agentId, adopting }: { found: FoundEngine; agentId: string; adopting: Adopting }) {
  const { t } = useTranslation();
  const [python, setPython] = useState(found.python ?? '');
  const { path, origin, version, base, known_as: knownAs } = found;
  const id = `python-${path.replace(/[^\w-]/g, '_')}`;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 py-4 first:pt-0 last:pb-0">
      <FolderOpen size={20} strokeWidth={1.5} className="hidden shrink-0 text-soft sm:block" aria-hidden />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">
          {[origin, version && t('engines.adding.version', { version })].filter(Boolean).join(', ')}
        </p>
        <p className="text-small text-soft">{path}</p>
      </div>
      {knownAs === null ? (
        <Button
          look={found.python ? 'primary' : 'plain'}
          aria-label={t('engines.adding.useNamed', { path })}
          disabled={adopting.isPending || python.trim() === ''}
          onClick={() => adopting.take({ path, python, base })}
        >
          {t('engines.adding.use')}
        </Button>
      ) : (
        <Link
          href={engineHref({ agent_id: agentId, engine_id: knownAs })}
          className="text-soft underline decoration-line underline-offset-4 hover:text-text"
        >
          {t('engines.adding.inUse', { name: knownAs })}
        </Link>
      )}
      {found.python === null && knownAs === null && (
        <Field
          id={id}
          className="basis-full"
          label={t('engines.adding.pythonOf', { path })}
          hint={t('engines.adding.pythonMissing')}
        >
          <input
            id={id}
            aria-describedby={`${id}-hint`}
            className={`${controlClass} h-10`}
            value={python}
            onChange={(event) => setPython(event.target.value)}
          />
        </Field>
      )}
    </li>
  );
}

function ByHand({ adopting }: { adopting: Adopting }) {
  const { t } = useTranslation();
  const [place, setPlace] = useState({ path: '', python: '', name: '' });
  const field = (name: 'path' | 'python') => (
    <Field
      id={`adopt-${name}`}
      label={t(`engines.adding.${name}`)}
      hint={t(`engines.adding.${name}Hint`)}
      className="flex-1 basis-64"
    >
      <input
        id={`adopt-${name}`}
        required={name === 'path'}
        aria-describedby={`adopt-${name}-hint`}
        className={`${controlClass} h-10`}
        value={place[name]}
        onChange={(event) => setPlace({ ...place, [name]: event.target.value })}
      />
    </Field>
  );
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        adopting.take(place);
      }}
    >
      <div className="flex flex-wrap gap-4">
        {field('path')}
        {field('python')}
      </div>
      <NameField id="adopt-name" value={place.name} onChange={(name) => setPlace({ ...place, name })} />
      <Button type="submit" className="self-start" disabled={adopting.isPending}>
        {t('engines.adding.adopt')}
      </Button>
    </form>
  );
}

/** What lies on the machine already: looked for at once, proposed, and launched where it lies. */
export function Adopt({ agentId, several }: { agentId: string; several: boolean }) {
  const { t } = useTranslation();
  const query = useFound(agentId);
  const adopting = useAdopt(agentId);
  const [byHand, setByHand] = useState(false);
  const found = query.data ?? [];
  return (
    <Way
      title={several ? t('engines.adding.foundOn', { agent: agentId }) : t('engines.adding.foundTitle')}
      body={t('engines.adding.foundBody')}
    >
      {query.isPending && (
        <p role="status" className="animate-breathe text-soft">
          {t('engines.adding.looking')}
        </p>
      )}
      {query.isError && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && found.length === 0 && (
        <p className="rounded-control bg-well px-4 py-3 text-soft">{t('engines.adding.nothingFound')}</p>
      )}
      {found.length > 0 && (
        <ul className="divide-y divide-line">
          {found.map((one) => (
            <Found key={one.path} found={one} agentId={agentId} adopting={adopting} />
          ))}
        </ul>
      )}
      {adopting.error && <Problem error={adopting.error} />}
      {byHand ? (
        <ByHand adopting={adopting} />
      ) : (
        <button
          type="button"
          onClick={() => setByHand(true)}
          className="self-start text-soft underline decoration-line underline-offset-4 hover:text-text"
        >
          {t('engines.adding.elsewhere')}
        </button>
      )}
    </Way>
  );
}
