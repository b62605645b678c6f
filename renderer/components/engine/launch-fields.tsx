import { useTranslation } from 'react-i18next';
import { type EngineItem, type LaunchOptions, launchOptions } from '#shared/wire/engines.ts';
import { useAgents } from '../../api/queries.ts';
import { Select } from '../../ui/controls.tsx';
import { Field } from '../../ui/field.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { HangField } from './hang-field.tsx';

const { vram, preview, attention, precision } = launchOptions.shape;
const vrams = vram.unwrap().options;
const previews = preview.unwrap().options;
const attentions = attention.unwrap().options;
const precisions = precision.unwrap().options;

/** No choice is a choice: what is left out, ComfyUI decides. */
const auto = 'auto';

interface FieldsProps {
  readonly engine: EngineItem;
  readonly options: LaunchOptions;
  /** What this ComfyUI knows; empty while nobody could ask it. */
  readonly flags: readonly string[];
  readonly onChange: (options: LaunchOptions) => void;
}

/** Changes one option; `undefined` takes it out. */
function changed<Name extends keyof LaunchOptions>(
  options: LaunchOptions,
  name: Name,
  value: LaunchOptions[Name] | undefined,
): LaunchOptions {
  const { [name]: _old, ...rest } = options;
  return (value === undefined ? rest : { ...rest, [name]: value }) as LaunchOptions;
}

interface ChoiceProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly hint?: string;
}

function Choice({ id, label, value, options, onChange, hint }: ChoiceProps) {
  return (
    <Field id={id} label={label} hint={hint}>
      <Select
        id={id}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint ? `${id}-hint` : undefined}
        value={value}
        options={options}
        onChange={onChange}
      />
    </Field>
  );
}

const flagOf = (value: string): string =>
  ['split-cross', 'quad-cross', 'pytorch-cross', 'sage', 'flash'].includes(value)
    ? `--use-${value}-attention`
    : `--${value}`;

/** The GPUs of the machine by number; the one that is set stays a choice though nobody knows it now. */
function useGpus({ agent_id }: EngineItem, set: number | undefined) {
  const { t } = useTranslation();
  const agent = useAgents().data?.find((one) => one.agent_id === agent_id);
  const gpus = (agent?.system_stats.gpu_devices ?? []).filter(({ vram_total }) => vram_total > 0);
  const known = gpus.map(({ device_name: name }, number) => ({
    value: String(number),
    label: t('engines.options.deviceOf', { number, name }),
  }));
  const missing = set !== undefined && set >= known.length;
  return [
    { value: auto, label: t('engines.options.anyDevice') },
    ...known,
    ...(missing ? [{ value: String(set), label: t('engines.options.deviceNumber', { number: set }) }] : []),
  ];
}

export function LaunchFields({ engine, options, flags, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const gpus = useGpus(engine, options.device);
  const offered = (value: string, set: string | undefined) =>
    flags.length === 0 || value === set || flags.includes(flagOf(value));
  const set = <Name extends keyof LaunchOptions>(name: Name, value: LaunchOptions[Name] | undefined) =>
    onChange(changed(options, name, value));
  return (
    <>
      <Choice
        id="option-vram"
        label={t('engines.options.vram')}
        value={options.vram ?? auto}
        options={[auto, ...vrams.filter((one) => offered(one, options.vram))].map((value) => ({
          value,
          label: t(`engines.options.vrams.${value as 'auto'}`),
        }))}
        onChange={(value) =>
          set(
            'vram',
            vrams.find((one) => one === value),
          )
        }
      />
      <Choice
        id="option-device"
        label={t('engines.options.device')}
        hint={t('engines.options.deviceHint')}
        value={options.device === undefined ? auto : String(options.device)}
        options={gpus}
        onChange={(value) => set('device', value === auto ? undefined : Number(value))}
      />
      <Choice
        id="option-preview"
        label={t('engines.options.preview')}
        value={options.preview}
        options={previews.map((value) => ({ value, label: t(`engines.options.previews.${value}`) }))}
        onChange={(value) => set('preview', previews.find((one) => one === value) ?? 'auto')}
      />
      <Choice
        id="option-attention"
        label={t('engines.options.attention')}
        value={options.attention ?? auto}
        options={[auto, ...attentions.filter((one) => offered(one, options.attention))].map((value) => ({
          value,
          label: t(`engines.options.attentions.${value as 'auto'}`),
        }))}
        onChange={(value) =>
          set(
            'attention',
            attentions.find((one) => one === value),
          )
        }
      />
      <Choice
        id="option-precision"
        label={t('engines.options.precision')}
        value={options.precision ?? auto}
        options={[auto, ...precisions.filter((one) => offered(one, options.precision))].map((value) => ({
          value,
          label: t(`engines.options.precisions.${value as 'auto'}`),
        }))}
        onChange={(value) =>
          set(
            'precision',
            precisions.find((one) => one === value),
          )
        }
      />
      <Field id="option-reserve" label={t('engines.options.reserve')}>
        <NumberInput
          id="option-reserve"
          value={options.reserve_vram ?? null}
          min={0}
          step={0.5}
          lessLabel={t('engines.options.less')}
          moreLabel={t('engines.options.more')}
          onChange={(value) => set('reserve_vram', value ?? undefined)}
        />
      </Field>
      <Field id="option-idle" label={t('engines.options.idle')} hint={t('engines.options.idleHint')}>
        <NumberInput
          id="option-idle"
          value={options.idle_free_s / 60}
          min={0}
          step={5}
          lessLabel={t('engines.options.less')}
          moreLabel={t('engines.options.more')}
          aria-describedby="option-idle-hint"
          onChange={(value) => set('idle_free_s', Math.max(0, Math.round((value ?? 0) * 60)))}
        />
      </Field>
      <HangField seconds={options.hang_s} onChange={(seconds) => set('hang_s', seconds)} />
    </>
  );
}
