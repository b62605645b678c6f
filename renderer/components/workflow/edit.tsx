import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Graph } from '#shared/comfy/graph.ts';
import { type ParameterDef, type WorkflowDetail, workflowSlug } from '#shared/wire/workflows.ts';
import { useWorkflowChange, workflowApi } from '../../api/workflow-life.ts';
import { toggled } from '../../state/import-draft.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/controls.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';
import { ParameterEditor } from '../importing/parameter-editor.tsx';
import { Problem } from '../problem.tsx';
import { Delete } from './delete.tsx';
import { GraphView, useGraph } from './graph-view.tsx';

interface About {
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly tags: string;
}

const tagsOf = (words: string): string[] => [
  ...new Set(
    words
      .split(',')
      .map((tag) => tag.trim().toLowerCase())
      .filter(Boolean),
  ),
];

const tidy = (def: ParameterDef): ParameterDef =>
  def.options ? { ...def, options: def.options.map((one) => one.trim()).filter(Boolean) } : def;

function useEdit(workflow: WorkflowDetail, parameters: readonly ParameterDef[]) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const save = useWorkflowChange((body: Parameters<typeof workflowApi.update>[1]) =>
    workflowApi.update(workflow.id, body),
  );
  const form = useForm<About>({
    mode: 'onTouched',
    defaultValues: {
      name: workflow.display_name,
      slug: workflow.workflow_slug,
      description: workflow.description,
      tags: workflow.tags.join(', '),
    },
  });
  const submit = form.handleSubmit(async ({ name, slug, description, tags }) => {
    const edited = parameters !== workflow.parameters;
    const words = tagsOf(tags);
    // Only what changed is sent: tags alone make no new version.
    const body = {
      ...(name.trim() !== workflow.display_name && { display_name: name.trim() }),
      ...(slug !== workflow.workflow_slug && { workflow_slug: slug }),
      ...(description.trim() !== workflow.description && { description: description.trim() }),
      ...(words.toSorted().join() !== workflow.tags.join() && { tags: words }),
      ...(edited && { parameters: parameters.map(tidy) }),
    };
    if (Object.keys(body).length === 0) return void notify.done(t('workflow.edit.nothing'));
    try {
      await save.mutateAsync(body);
    } catch {
      return; // shown in place
    }
    const version =
      'tags' in body && Object.keys(body).length === 1 ? workflow.version : workflow.version + 1;
    notify.done(t('workflow.edit.saved', { version }));
    if (slug !== workflow.workflow_slug) navigate(`/workflows/${slug}?tab=edit`, { replace: true });
  });
  return { form, save, submit };
}

function AboutFields({ form }: Pick<ReturnType<typeof useEdit>, 'form'>) {
  const { t } = useTranslation();
  const { errors } = form.formState;
  const slugHint = t('workflow.edit.slugHint');
  const tagsHint = t('workflow.edit.tagsHint');
  return (
    <>
      <Field id="edit-name" label={t('importing.name')} error={errors.name?.message}>
        <input
          id="edit-name"
          className={`${controlClass} h-10`}
          {...describes('edit-name', errors.name?.message)}
          {...form.register('name', {
            validate: (name) => (name.trim() ? true : t('importing.nameRule')),
            maxLength: { value: 255, message: t('importing.nameRule') },
          })}
        />
      </Field>
      <Field id="edit-slug" label={t('importing.slug')} error={errors.slug?.message} hint={slugHint}>
        <input
          id="edit-slug"
          spellCheck={false}
          className={`${controlClass} h-10`}
          {...describes('edit-slug', errors.slug?.message, slugHint)}
          {...form.register('slug', {
            validate: (slug) => workflowSlug.safeParse(slug).success || t('importing.slugRule'),
          })}
        />
      </Field>
      <Field id="edit-description" label={t('importing.description')} hint={t('importing.descriptionHint')}>
        <textarea
          id="edit-description"
          rows={2}
          maxLength={2000}
          className={`${controlClass} py-2`}
          {...describes('edit-description', undefined, true)}
          {...form.register('description')}
        />
      </Field>
      <Field id="edit-tags" label={t('workflow.edit.tags')} hint={tagsHint}>
        <input
          id="edit-tags"
          className={`${controlClass} h-10`}
          {...describes('edit-tags', undefined, tagsHint)}
          {...form.register('tags')}
        />
      </Field>
    </>
  );
}

/** Whether it takes runs: at once, without the button below. */
function State({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const on = workflow.workflow_status === 'active';
  const change = useWorkflowChange((active: boolean) =>
    workflowApi.update(workflow.id, { workflow_status: active ? 'active' : 'disabled' }),
  );
  const shown = change.isPending ? change.variables : on;
  return (
    <div className="flex items-center justify-between gap-4 rounded-card border border-line bg-surface p-4">
      <div>
        <p id="edit-state" className="font-medium">
          {t('workflow.edit.state')}
        </p>
        <p className="text-small text-soft">
          {t(shown ? 'workflow.edit.stateOn' : 'workflow.edit.stateOff')}
        </p>
      </div>
      <Switch
        aria-labelledby="edit-state"
        checked={shown}
        onChange={(active) => change.mutate(active, { onError: (error) => void notify.bad(error.message) })}
      />
    </div>
  );
}

interface FormOfProps {
  readonly graph: Graph;
  readonly parameters: readonly ParameterDef[];
  readonly onChange: (parameters: readonly ParameterDef[]) => void;
}

function FormOf({ graph, parameters, onChange }: FormOfProps) {
  const { t } = useTranslation();
  return (
    <section>
      <h2 className="mb-2 font-semibold text-lead">{t('importing.formTitle')}</h2>
      {parameters.length ? (
        <ul className="overflow-hidden rounded-card border border-line bg-surface">
          {parameters.map((def) => (
            <ParameterEditor
              key={def.key}
              def={def}
              graph={graph}
              onEdit={(next) => onChange(parameters.map((one) => (one.key === def.key ? next : one)))}
              onRemove={() => onChange(parameters.filter((one) => one.key !== def.key))}
            />
          ))}
        </ul>
      ) : (
        <p className="text-soft">{t('importing.formEmpty')}</p>
      )}
    </section>
  );
}

/** Everything about a stored workflow that its keepers may change. */
export function Edit({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const graph = useGraph(workflow);
  const [parameters, setParameters] = useState<readonly ParameterDef[]>(workflow.parameters);
  const { form, save, submit } = useEdit(workflow, parameters);
  const { isSubmitting } = form.formState;
  return (
    <div className="flex flex-col-reverse gap-8 lg:grid lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div>
        <GraphView
          workflow={workflow}
          parameters={parameters}
          columns="xl:columns-2"
          {...(graph
            ? {
                onToggle: (node: string, field: string) =>
                  setParameters(toggled(graph, parameters, node, field)),
              }
            : {})}
        />
      </div>
      <div className="flex flex-col gap-6">
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4" noValidate>
          <AboutFields form={form} />
          {graph && <FormOf graph={graph} parameters={parameters} onChange={setParameters} />}
          {save.isError && <Problem error={save.error} />}
          <div className="sticky bottom-14 z-10 -mx-4 bg-ground px-4 py-3 sm:bottom-0 sm:mx-0 sm:px-0">
            <Button type="submit" look="primary" size="large" className="w-full" disabled={isSubmitting}>
              {isSubmitting
                ? t('workflow.edit.saving')
                : t('workflow.edit.save', { version: workflow.version + 1 })}
            </Button>
          </div>
        </form>
        <State workflow={workflow} />
        <Delete workflow={workflow} />
      </div>
    </div>
  );
}
