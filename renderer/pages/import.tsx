import { useMemo } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { isLink } from '#shared/comfy/graph.ts';
import { workflowSlug } from '#shared/wire/workflows.ts';
import { useImportWorkflow, useWorkflows } from '../api/queries.ts';
import { ImportButton } from '../components/importing/file-button.tsx';
import { Findings } from '../components/importing/findings.tsx';
import { NodeCard } from '../components/importing/node-card.tsx';
import { ParameterEditor } from '../components/importing/parameter-editor.tsx';
import { type Draft, slugOf } from '../components/importing/read-file.ts';
import { inReadingOrder } from '../components/importing/reading-order.ts';
import { Page, Section } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { importDraft, useImportDraft } from '../state/import-draft.ts';
import { Blank } from '../ui/blank.tsx';
import { Button } from '../ui/button.tsx';
import { controlClass, describes, Field } from '../ui/field.tsx';

interface Names {
  readonly name: string;
  readonly slug: string;
  readonly description: string;
}

function useImportForm(draft: Draft) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const send = useImportWorkflow();
  const form = useForm<Names>({
    mode: 'onTouched',
    defaultValues: { name: draft.name, slug: draft.slug, description: draft.description },
  });
  const rules = {
    name: form.register('name', {
      validate: (name) => (name.trim() ? true : t('importing.nameRule')),
      maxLength: { value: 255, message: t('importing.nameRule') },
      // The address follows the name until somebody writes one of their own.
      onChange: (event: { target: { value: string } }) => {
        if (!form.formState.dirtyFields.slug) form.setValue('slug', slugOf(event.target.value));
      },
    }),
    slug: form.register('slug', {
      validate: (slug) => workflowSlug.safeParse(slug).success || t('importing.slugRule'),
    }),
    description: form.register('description', { maxLength: 2000 }),
  };
  const submit = form.handleSubmit(
    ({ name, slug, description }) =>
      send
        .mutateAsync({
          ...draft.extra,
          workflow_slug: slug,
          display_name: name.trim(),
          description: description.trim(),
          workflow_json: draft.graph,
          parameters: draft.parameters.map(tidy),
        })
        .then(() => {
          importDraft.close();
          navigate(`/workflows/${slug}`);
        })
        .catch(() => undefined), // shown in place
  );
  return { form, rules, send, submit };
}

const tidy = (def: Draft['parameters'][number]) =>
  def.options ? { ...def, options: def.options.map((one) => one.trim()).filter(Boolean) } : def;

function Details({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const { form, rules, send, submit } = useImportForm(draft);
  const { errors, isSubmitting } = form.formState;
  const slug = form.watch('slug');
  const { data: workflows } = useWorkflows();
  const twin = workflows?.find((one) => one.workflow_slug === slug);
  const slugHint = twin
    ? t('importing.slugTaken', { name: twin.display_name, version: twin.version + 1 })
    : t('importing.slugHint');
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4" noValidate>
      {draft.findings && <Findings findings={draft.findings} />}
      <Field id="name" label={t('importing.name')} error={errors.name?.message}>
        <input
          id="name"
          className={`${controlClass} h-10`}
          {...describes('name', errors.name?.message)}
          {...rules.name}
        />
      </Field>
      <Field id="slug" label={t('importing.slug')} error={errors.slug?.message} hint={slugHint}>
        <input
          id="slug"
          spellCheck={false}
          className={`${controlClass} h-10`}
          {...describes('slug', errors.slug?.message, slugHint)}
          {...rules.slug}
        />
      </Field>
      <Field id="description" label={t('importing.description')} hint={t('importing.descriptionHint')}>
        <textarea
          id="description"
          rows={2}
          className={`${controlClass} py-2`}
          {...describes('description', undefined, true)}
          {...rules.description}
        />
      </Field>
      <section>
        <h2 className="mb-2 font-semibold text-lead">{t('importing.formTitle')}</h2>
        {draft.parameters.length ? (
          <ul className="overflow-hidden rounded-card border border-line bg-surface">
            {draft.parameters.map((def) => (
              <ParameterEditor
                key={def.key}
                def={def}
                graph={draft.graph}
                onEdit={(next) => importDraft.edit(def.key, next)}
                onRemove={() => importDraft.toggle(def.node_id ?? '', def.field ?? '')}
              />
            ))}
          </ul>
        ) : (
          <p className="text-soft">{t('importing.formEmpty')}</p>
        )}
      </section>
      {send.isError && <Problem error={send.error} />}
      <div className="sticky bottom-14 z-10 -mx-4 bg-ground px-4 py-3 sm:bottom-0 sm:mx-0 sm:px-0 sm:pb-2">
        <Button type="submit" look="primary" size="large" className="w-full" disabled={isSubmitting}>
          {isSubmitting ? t('importing.doing') : t('importing.do')}
        </Button>
      </div>
    </form>
  );
}

function Graph({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const ids = useMemo(() => inReadingOrder(draft.graph), [draft.graph]);
  const links = Object.values(draft.graph).some((node) => Object.values(node.inputs).some(isLink));
  return (
    <Section
      title={t('importing.graphTitle')}
      aside={<span className="text-soft">{t('importing.nodes', { count: ids.length })}</span>}
    >
      <p className="-mt-2 mb-4 text-soft">{t('importing.graphHint')}</p>
      <div className={links || ids.length > 1 ? 'gap-4 xl:columns-2' : ''}>
        {ids.map((id) => (
          <NodeCard
            key={id}
            graph={draft.graph}
            id={id}
            parameters={draft.parameters}
            onToggle={importDraft.toggle}
          />
        ))}
      </div>
    </Section>
  );
}

export default function Import() {
  const { t } = useTranslation();
  const draft = useImportDraft((state) => state.draft);
  if (!draft) {
    return (
      <Page title={t('importing.title')} quiet>
        <Blank title={t('importing.chooseTitle')} body={t('importing.chooseBody')}>
          <ImportButton look="primary" label={t('importing.choose')} />
        </Blank>
      </Page>
    );
  }
  return (
    <Page title={t('importing.title')} subtitle={draft.file}>
      <div className="flex flex-col-reverse gap-8 lg:grid lg:grid-cols-[minmax(0,1fr)_24rem]">
        <Graph draft={draft} />
        <div className="lg:sticky lg:top-8 lg:max-h-[calc(100dvh-8.5rem)] lg:self-start lg:overflow-y-auto">
          <Details key={`${draft.file}:${draft.slug}`} draft={draft} />
        </div>
      </div>
    </Page>
  );
}
