import { Check, CircleHelp, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { AgentVerdict, InspectWorkflowReply } from '#shared/wire/inspect.ts';

const marks = {
  yes: { Icon: Check, look: 'text-good' },
  no: { Icon: TriangleAlert, look: 'text-bad' },
  unknown: { Icon: CircleHelp, look: 'text-soft' },
} as const;

/** A missing class with the pack that provides it, where the file says so. */
function useNodeNames({ unknown_nodes }: InspectWorkflowReply): (types: readonly string[]) => string {
  const { t } = useTranslation();
  const packs = new Map(unknown_nodes.map((one) => [one.type, one.cnr_id ?? one.aux_id]));
  const name = (type: string) => {
    const pack = packs.get(type);
    return pack ? t('importing.providedBy', { type, pack }) : type;
  };
  return (types) => types.map(name).join(', ');
}

export function Verdict({
  verdict,
  names,
}: {
  verdict: AgentVerdict;
  names: (types: readonly string[]) => string;
}) {
  const { t } = useTranslation();
  const { Icon, look } = marks[verdict.runs];
  const { missing_nodes: nodes, missing_models: models } = verdict;
  return (
    <li className="flex gap-3 px-4 py-2.5">
      <Icon size={16} strokeWidth={1.5} aria-hidden className={`mt-0.5 shrink-0 ${look}`} />
      <div className="min-w-0">
        <p>
          <span className="font-medium">{verdict.agent_id}</span>{' '}
          <span className="text-soft">{t(`importing.verdict.${verdict.runs}`)}</span>
        </p>
        {nodes.length > 0 && (
          <p className="wrap-break-word text-small text-soft">
            {t('importing.missingNodes', { names: names(nodes) })}
          </p>
        )}
        {models.length > 0 && (
          <p className="wrap-break-word text-small text-soft">
            {t('importing.missingModels', { names: models.join(', ') })}
          </p>
        )}
        {verdict.reason && <p className="text-small text-soft">{verdict.reason}</p>}
      </div>
    </li>
  );
}

/** The verdict before the run: for each agent whether it will run, and what the reading of the file remarked. */
export function Findings({ findings }: { findings: InspectWorkflowReply }) {
  const { t } = useTranslation();
  const names = useNodeNames(findings);
  const { verdicts, problems, node_info } = findings;
  const inputs = findings.parameters.filter(({ key }) => findings.required_inputs.includes(key));
  return (
    <section>
      <h2 className="mb-2 font-semibold text-lead">{t('importing.verdictTitle')}</h2>
      {node_info === 'none' && <p className="mb-2 text-small text-soft">{t('importing.noNodeInfo')}</p>}
      {verdicts.length > 0 ? (
        <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
          {verdicts.map((verdict) => (
            <Verdict key={verdict.agent_id} verdict={verdict} names={names} />
          ))}
        </ul>
      ) : (
        <p className="text-soft">{t('importing.verdictNobody')}</p>
      )}
      {inputs.length > 0 && (
        <p className="mt-2 text-small text-soft">
          {t('importing.bring', { names: inputs.map((def) => def.label || def.key).join(', ') })}
        </p>
      )}
      {problems.length > 0 && (
        <details className="mt-2 text-small">
          <summary className="cursor-pointer text-soft">
            {t('importing.findings', { count: problems.length })}
          </summary>
          <ul className="mt-1 list-disc pl-5">
            {problems.map(({ message }) => (
              <li key={message} className="wrap-break-word">
                {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
