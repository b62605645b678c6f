import type { Secrets } from '../secrets/secrets.ts';
import { CloudAccounts } from './accounts.ts';
import { CloudFallback, type FallbackPorts } from './fallback.ts';
import { type CloudPorts, CloudRuns } from './runs.ts';

export interface CloudRoomPorts
  extends Omit<CloudPorts, 'keyOf' | 'keyRefused'>,
    Omit<FallbackPorts, 'teams' | 'take'> {
  readonly secrets: Secrets;
}

/** ComfyUI Cloud as another place for tasks: the teams' accounts, what runs there, and what falls back to it. */
export class Cloud {
  readonly accounts: CloudAccounts;
  readonly runs: CloudRuns;
  readonly fallback: CloudFallback;

  constructor(ports: CloudRoomPorts) {
    this.accounts = new CloudAccounts(ports);
    const keyOf = (teamId: string) => this.accounts.key(teamId);
    const keyRefused = (teamId: string, key: string) => this.accounts.refused(teamId, key);
    this.runs = new CloudRuns({ ...ports, keyOf, keyRefused });
    this.fallback = new CloudFallback({
      ...ports,
      teams: () => this.accounts.fallingBack(),
      take: (task) => this.runs.take(task),
    });
  }

  stop(): void {
    this.fallback.stop();
    this.runs.stop();
  }
}
