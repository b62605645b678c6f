import { useEffect, useMemo } from 'react';
import { Controller } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { readGraph } from '#shared/comfy/graph.ts';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { Problem } from '../problem.tsx';
import { wantsMask } from './mask/sources.ts';
import { ParameterField } from './parameter-field.tsx';
import { Presets } from './presets.tsx';
import { RunBar } from './run-bar.tsx';
import { useBeginning } from './use-beginning.ts';
import { useRunForm } from './use-run-form.ts';
import { type Beginning, problemOf } from './values.ts';

interface RunFormProps {
  readonly workflow: WorkflowDetail;
  readonly onSent: () => void;
}

/** Which parameters are pictures that the graph takes a mask of. */
function useMasked(workflow: WorkflowDetail): ReadonlySet<string> {
  return useMemo(() => {
    const read = readGraph(workflow.workflow_json ?? {});
    const graph = 'graph' in read ? read.graph : {};
    return new Set(workflow.parameters.filter((def) => wantsMask(graph, def)).map((def) => def.key));
  }, [workflow]);
}

/** Ctrl+Enter runs; with Shift, before all that waits. */
function useRunKeys(submit: (first: boolean) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      submit(event.shiftKey);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [submit]);
}

function Filled({ workflow, beginning, onSent }: RunFormProps & { beginning: Beginning }) {
  const { t } = useTranslation();
  const state = useRunForm(workflow, { beginning, onSent });
  const { form, plan, submit } = state;
  const masked = useMasked(workflow);
  useRunKeys((first) => void submit(first));
  const { parameters } = workflow;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      noValidate
      className="flex flex-col gap-4 pb-20 sm:pb-0"
    >
      {parameters.length === 0 ? (
        <p className="text-soft">{t('form.noParameters')}</p>
      ) : (
        <Presets workflow={workflow} values={state.kept} onUse={(preset) => state.use(preset.values)} />
      )}
      {parameters.map((def, index) => (
        <Controller
          key={def.key}
          name={state.nameOf(index)}
          control={form.control}
          rules={{
            validate: (value) => (state.axes[def.key] ? true : (problemOf(t, def, value) ?? true)),
          }}
          render={({ field, fieldState }) => {
            const wrong = plan.problems[def.key];
            return (
              <ParameterField
                def={def}
                value={field.value ?? null}
                error={wrong ? t(`form.vary.problems.${wrong}`) : fieldState.error?.message}
                onBlur={field.onBlur}
                onChange={(value) => {
                  field.onChange(value);
                  if (fieldState.error) form.clearErrors(field.name);
                }}
                onProblem={(message) => form.setError(field.name, { message })}
                locked={state.locked.has(def.key)}
                onLock={(on) => state.lock(def.key, on)}
                axis={state.axes[def.key]}
                onVary={(axis) => state.vary(def.key, axis)}
                masked={masked.has(def.key)}
              />
            );
          }}
        />
      ))}
      {state.general && <Problem error={state.general} />}
      {workflow.workflow_status === 'disabled' && <p className="text-wait">{t('form.disabled')}</p>}
      <RunBar
        workflow={workflow}
        plan={plan}
        times={state.times}
        onTimes={state.setTimes}
        sending={form.formState.isSubmitting}
        onFirst={() => void submit(true)}
        onReset={parameters.length > 0 ? state.reset : undefined}
      />
    </form>
  );
}

/** The form of a workflow, filled in with what was asked for or what the last visit left. */
export function RunForm({ workflow, onSent }: RunFormProps) {
  const { t } = useTranslation();
  const { beginning, problem } = useBeginning(workflow);
  if (!beginning) {
    return (
      <p role="status" className="text-soft">
        {t('form.fetching')}
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      {problem && <Problem title={t('form.notFetched')} error={problem} />}
      <Filled workflow={workflow} beginning={beginning} onSent={onSent} />
    </div>
  );
}
