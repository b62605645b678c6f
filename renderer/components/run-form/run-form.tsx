import { Play, RotateCcw } from 'lucide-react';
import { useEffect } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { ApiError } from '../../api/http.ts';
import { useRunWorkflow } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../problem.tsx';
import { ParameterField } from './parameter-field.tsx';
import {
  defaultValues,
  forgetValues,
  problemOf,
  recallValues,
  rememberValues,
  toParameters,
  type Values,
} from './values.ts';

/** The parameter that a refusal is about: told by the gateway, or named in its message. */
function refusedKey(error: unknown, workflow: WorkflowDetail): string | undefined {
  if (!(error instanceof ApiError) || error.status !== 400) return undefined;
  const key = error.details.key ?? /[Pp]arameter "([^"]+)"/.exec(error.message)?.[1];
  return workflow.parameters.find((def) => def.key === key)?.key;
}

function useRunForm(workflow: WorkflowDetail) {
  const [, navigate] = useLocation();
  const run = useRunWorkflow();
  const slug = workflow.workflow_slug;
  // Parameter keys may hold dots, which react-hook-form reads as paths; a prefix by index avoids both.
  const names = workflow.parameters.map((_, index) => `p${index}` as const);
  const packed = (values: Values) =>
    Object.fromEntries(workflow.parameters.map((def, index) => [`p${index}`, values[def.key] ?? null]));
  const unpacked = (values: Values): Values =>
    Object.fromEntries(workflow.parameters.map((def, index) => [def.key, values[`p${index}`] ?? null]));

  const form = useForm<Values>({ mode: 'onTouched', defaultValues: packed(recallValues(workflow)) });
  const { subscribe } = form;
  useEffect(
    () =>
      subscribe({
        formState: { values: true },
        callback: ({ values }) =>
          rememberValues(
            slug,
            Object.fromEntries(
              workflow.parameters.map((def, index) => [def.key, values[`p${index}`] ?? null]),
            ),
          ),
      }),
    [subscribe, slug, workflow.parameters],
  );

  const submit = form.handleSubmit(async (values) => {
    try {
      const { task_id } = await run.mutateAsync({
        slug,
        parameters: toParameters(workflow.parameters, unpacked(values)),
      });
      navigate(`/tasks/${task_id}`);
    } catch (error) {
      const index = workflow.parameters.findIndex((def) => def.key === refusedKey(error, workflow));
      if (index >= 0 && error instanceof Error)
        form.setError(`p${index}`, { message: error.message }, { shouldFocus: true });
    }
  });
  const reset = () => {
    forgetValues(slug);
    form.reset(packed(defaultValues(workflow)));
  };
  const general = run.isError && refusedKey(run.error, workflow) === undefined ? run.error : null;
  return { form, names, submit, reset, general };
}

export function RunForm({ workflow }: { workflow: WorkflowDetail }) {
  const { t } = useTranslation();
  const { form, names, submit, reset, general } = useRunForm(workflow);
  const { isSubmitting } = form.formState;
  const disabled = workflow.workflow_status === 'disabled';

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      void submit();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [submit]);

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4 pb-14 sm:pb-0">
      {workflow.parameters.length === 0 && <p className="text-soft">{t('form.noParameters')}</p>}
      {workflow.parameters.map((def, index) => (
        <Controller
          key={def.key}
          name={names[index] ?? def.key}
          control={form.control}
          rules={{ validate: (value) => problemOf(t, def, value) ?? true }}
          render={({ field, fieldState }) => (
            <ParameterField
              def={def}
              value={field.value ?? null}
              error={fieldState.error?.message}
              onBlur={field.onBlur}
              onChange={(value) => {
                field.onChange(value);
                if (fieldState.error) form.clearErrors(field.name);
              }}
              onProblem={(message) => form.setError(field.name, { message })}
            />
          )}
        />
      ))}
      {general && <Problem error={general} />}
      {disabled && <p className="text-wait">{t('form.disabled')}</p>}
      <div className="fixed inset-x-0 bottom-14 z-10 flex items-center gap-2 bg-ground px-4 py-3 sm:sticky sm:bottom-0 sm:px-0 sm:pb-6">
        <Button
          type="submit"
          look="primary"
          size="large"
          className="flex-1"
          disabled={isSubmitting || disabled}
          title={t('form.runHint')}
          aria-keyshortcuts="Control+Enter"
        >
          <Play size={17} strokeWidth={1.5} fill="currentColor" aria-hidden />
          {isSubmitting ? t('form.running') : t('form.run')}
        </Button>
        {workflow.parameters.length > 0 && (
          <Button
            look="quiet"
            size="icon"
            className="size-11"
            onClick={reset}
            aria-label={t('form.reset')}
            title={t('form.reset')}
          >
            <RotateCcw size={17} strokeWidth={1.5} aria-hidden />
          </Button>
        )}
      </div>
    </form>
  );
}
