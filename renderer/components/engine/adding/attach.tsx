import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useEngineChange } from '../../../api/engine-queries.ts';
import { engineApi } from '../../../api/engines.ts';
import { Button } from '../../../ui/button.tsx';
import { controlClass, describes, Field } from '../../../ui/field.tsx';
import { Problem } from '../../problem.tsx';
import { engineHref } from '../standing.ts';
import { NameField, nameGiven, Way } from './way.tsx';

/** `Name: value` lines; null when one of them is none. */
function headersOf(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => /^\s*([A-Za-z0-9-]+)\s*:\s*(.+?)\s*$/.exec(line));
  if (pairs.some((pair) => pair === null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

const isAddress = (text: string) => /^https?:\/\/\S+$/i.test(text.trim()) && URL.canParse(text.trim());

function useForm(agentId: string) {
  const [, navigate] = useLocation();
  const [fields, setFields] = useState({ url: '', headers: '', name: '' });
  const [tried, setTried] = useState(false);
  const headers = headersOf(fields.headers);
  const attach = useEngineChange(() =>
    engineApi.add(agentId, {
      kind: 'attach',
      url: fields.url.trim(),
      ...nameGiven(fields.name),
      ...(headers && Object.keys(headers).length > 0 ? { headers } : {}),
    }),
  );
  const submit = () => {
    setTried(true);
    if (!isAddress(fields.url) || headers === null) return;
    attach.mutate(undefined, {
      onSuccess: ({ engine_id }) => navigate(engineHref({ agent_id: agentId, engine_id })),
    });
  };
  const set = (name: keyof typeof fields) => (value: string) => setFields({ ...fields, [name]: value });
  return {
    fields,
    set,
    submit,
    attach,
    badUrl: tried && !isAddress(fields.url),
    badHeaders: tried && headers === null,
  };
}

/** A ComfyUI that somebody else runs: its address, and headers where something stands in front of it. */
export function Attach({ agentId }: { agentId: string }) {
  const { t } = useTranslation();
  const { fields, set, submit, attach, badUrl, badHeaders } = useForm(agentId);
  const urlError = badUrl ? t('engines.adding.urlRule') : undefined;
  const headersError = badHeaders ? t('engines.adding.headersRule') : undefined;
  const [more, setMore] = useState(false);
  return (
    <Way title={t('engines.adding.attachTitle')} body={t('engines.adding.attachBody')}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field id="attach-url" label={t('engines.adding.url')} error={urlError}>
          <input
            id="attach-url"
            type="url"
            placeholder="http://192.168.1.20:8188"
            className={`${controlClass} h-10`}
            value={fields.url}
            onChange={(event) => set('url')(event.target.value)}
            {...describes('attach-url', urlError)}
          />
        </Field>
        {more ? (
          <>
            <Field
              id="attach-headers"
              label={t('engines.adding.headers')}
              hint={t('engines.adding.headersHint')}
              error={headersError}
            >
              <textarea
                id="attach-headers"
                rows={2}
                autoComplete="off"
                spellCheck={false}
                className={`${controlClass} py-2 font-mono text-small`}
                value={fields.headers}
                onChange={(event) => set('headers')(event.target.value)}
                {...describes('attach-headers', headersError, true)}
              />
            </Field>
            <NameField id="attach-name" value={fields.name} onChange={set('name')} />
          </>
        ) : (
          <button
            type="button"
            onClick={() => setMore(true)}
            className="self-start text-soft underline decoration-line underline-offset-4 hover:text-text"
          >
            {t('engines.adding.attachMore')}
          </button>
        )}
        {attach.isError && <Problem error={attach.error} />}
        <Button type="submit" className="self-start" disabled={attach.isPending}>
          {t('engines.adding.attach')}
        </Button>
      </form>
    </Way>
  );
}
