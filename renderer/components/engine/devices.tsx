import { useTranslation } from 'react-i18next';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useAgents } from '../../api/queries.ts';
import { Meter } from '../../ui/meter.tsx';
import { bytes } from '../format.ts';
import { type DeviceFigures, devicesOf } from './standing.ts';

/** The GPUs of an engine, with what the machine says of them. */
export function useDevices(engine: EngineItem): DeviceFigures[] {
  const agents = useAgents().data ?? [];
  const agent = agents.find(({ agent_id }) => agent_id === engine.agent_id);
  return devicesOf(engine, agent?.system_stats.gpu_devices ?? []);
}

export function Figure({ name, words }: { name: string; words: string }) {
  return (
    <div>
      <dt className="text-small text-soft">{name}</dt>
      <dd className="tabular text-head">{words}</dd>
    </div>
  );
}

function useFigures({ load_percent, temperature_c, power_w, power_limit_w }: DeviceFigures) {
  const { t } = useTranslation();
  const round = Math.round;
  return [
    load_percent !== undefined && {
      name: t('engines.load'),
      words: t('engines.loadOf', { percent: round(load_percent) }),
      short: t('engines.loadShort', { percent: round(load_percent) }),
    },
    temperature_c !== undefined && {
      name: t('engines.temperature'),
      words: t('engines.temperatureOf', { degrees: round(temperature_c) }),
    },
    power_w !== undefined && {
      name: t('engines.power'),
      words:
        power_limit_w === undefined
          ? t('engines.powerOf', { watts: round(power_w) })
          : t('engines.powerWithLimit', { watts: round(power_w), limit: round(power_limit_w) }),
    },
  ].filter((one) => one !== false);
}

/** One GPU: how full its memory is and by whom, and, where the machine tells, how hard and hot it works. */
export function Device({ device, full = false }: { device: DeviceFigures; full?: boolean }) {
  const { t } = useTranslation();
  const figures = useFigures(device);
  const { vram_total: total, vram_free: free, torch_vram_total: held, torch_vram_free: idle } = device;
  return (
    <div className="flex flex-col gap-3">
      <p className={full ? 'font-semibold' : 'truncate'}>{device.name}</p>
      <Meter
        label={t('engines.vram')}
        words={t('engines.vramUsed', { used: bytes(total - free), total: bytes(total) })}
        share={1 - free / total}
        part={held === undefined ? undefined : held / total}
      />
      {full && held !== undefined && (
        <p className="text-small text-soft">
          {t('engines.vramTorch', { held: bytes(held), idle: bytes(idle ?? 0) })}
        </p>
      )}
      {full && figures.length > 0 && (
        <dl className="grid grid-cols-3 gap-4">
          {figures.map((figure) => (
            <Figure key={figure.name} name={figure.name} words={figure.words} />
          ))}
        </dl>
      )}
      {!full && figures.length > 0 && (
        <p className="tabular text-small text-soft">
          {figures.map((one) => ('short' in one ? one.short : one.words)).join(' · ')}
        </p>
      )}
    </div>
  );
}
