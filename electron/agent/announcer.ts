import type { EngineInfo, MachineInfo } from '#shared/link/protocol.ts';
import { sameBarFigures } from './engines/figures.ts';
import type { Hello, Link } from './link/link.ts';
import { labelsOf } from './machine/machine.ts';

/** What of a hello may change while the link is up. */
export type Standing = Pick<Hello, 'engines' | 'labels' | 'slots'>;

export interface AnnouncerPorts {
  machine(): Promise<MachineInfo>;
  engines(): EngineInfo[];
  readonly labels: readonly string[];
  readonly link: Pick<Link, 'connected' | 'send'>;
}

/** Tells a gateway what it has not heard yet of this agent's engines. */
export class Announcer {
  readonly #ports: AnnouncerPorts;
  /** As the gateway was told last. */
  #told: Standing | undefined;

  constructor(ports: AnnouncerPorts) {
    this.#ports = ports;
  }

  /** For a hello, which is going to be told. */
  async hello(): Promise<Standing & Pick<Hello, 'machine'>> {
    const machine = await this.#ports.machine();
    this.#told = this.#standing(machine);
    return { machine, ...this.#told };
  }

  /** A connected gateway hears at once what has changed, any other with the next hello. */
  async tell(): Promise<void> {
    const machine = await this.#ports.machine();
    // What is read from here on is told before anything else happens: read earlier, it could be overtaken by newer news.
    const { link } = this.#ports;
    if (!link.connected) return;
    const [before, now] = [this.#told, this.#standing(machine)];
    this.#told = now;
    if (!before || names(before) !== names(now)) void link.send({ type: 'standing', ...now });
    else {
      const changed = now.engines.filter((info) => !before.engines.some((old) => sameBarFigures(old, info)));
      for (const engine of changed) void link.send({ type: 'engine_state', engine });
    }
  }

  #standing(machine: MachineInfo): Standing {
    const engines = this.#ports.engines();
    const labels = labelsOf(machine, engines, this.#ports.labels);
    return { engines, labels, slots: Math.max(1, engines.length) };
  }
}

const names = ({ engines, labels }: Standing): string =>
  [...engines.map(({ name }) => name), ...labels].join();
