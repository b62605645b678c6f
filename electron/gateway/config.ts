import type { Logger } from 'pino';
import type { Resolve } from './webhooks/targets.ts';

/** What a gateway is started with. Sizes in bytes, times in milliseconds unless the name says otherwise. */
export interface GatewayConfig {
  /** Database, files and keys; must exist. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** The built desk; without it the gateway serves the API only. */
  readonly deskFolder?: string;
  readonly version: string;
  readonly log: Logger;
  readonly clock: () => number;
  /** May the desk on this very machine sign in as the owner without a password? */
  readonly localSignIn: boolean;
  /** Names this gateway is reached by beside its own address, such as `studio.lan:7788`. */
  readonly allowedHosts: readonly string[];
  /** How names of others are resolved; as the system does it when left out. */
  readonly resolve?: Resolve;
  /** Where ComfyUI Cloud answers. */
  readonly comfyCloudUrl: string;
  readonly limits: {
    readonly bodyBytes: number;
    /** Of a request that carries a whole workflow: drawings with pictures inside are large. */
    readonly workflowBytes: number;
    readonly fileBytes: number;
    /** Size of the parts of an upload in parts. */
    readonly partBytes: number;
    readonly maxTaskSeconds: number;
    /** Of sign-ins and the like, for each address. */
    readonly triesPerMinute: number;
  };
  readonly timings: {
    /** How long an agent may be away before its attempts go to others. */
    readonly leaseMs: number;
    readonly heartbeatMs: number;
    /** How long an agent may take to say that it received an attempt. */
    readonly ackTimeoutMs: number;
    /** How long an agent that declined an attempt is given nothing. */
    readonly declineRestMs: number;
    readonly sseHeartbeatMs: number;
    readonly signedUrlMs: number;
    /** Between two questions about a job at ComfyUI Cloud. */
    readonly cloudPollMs: number;
    /** How long a task that no agent can run waits for one before it may go to ComfyUI Cloud. */
    readonly cloudFallbackMs: number;
    /** How long a webhook's target may take to answer. */
    readonly webhookTimeoutMs: number;
    /** The pauses before the second, third … attempt to deliver. */
    readonly webhookRetryMs: readonly number[];
    /** How long a deleted output can be restored. */
    readonly keepDeletedMs: number;
  };
}

export type GatewayOptions = Pick<GatewayConfig, 'dataDir' | 'log' | 'version'> &
  Partial<Omit<GatewayConfig, 'limits' | 'timings'>> & {
    readonly limits?: Partial<GatewayConfig['limits']>;
    readonly timings?: Partial<GatewayConfig['timings']>;
  };

/** Fills in what is left out. */
export function gatewayConfig(options: GatewayOptions): GatewayConfig {
  return {
    host: '127.0.0.1',
    port: 7788,
    clock: Date.now,
    localSignIn: true,
    allowedHosts: [],
    comfyCloudUrl: 'https://cloud.comfy.org',
    ...options,
    limits: {
      bodyBytes: 8 * 1024 * 1024,
      workflowBytes: 48 * 1024 * 1024,
      fileBytes: 500_000_000,
      partBytes: 100 * 1024 * 1024,
      maxTaskSeconds: 86_400,
      triesPerMinute: 10,
      ...options.limits,
    },
    timings: {
      leaseMs: 30_000,
      heartbeatMs: 10_000,
      ackTimeoutMs: 30_000,
      declineRestMs: 10_000,
      sseHeartbeatMs: 15_000,
      signedUrlMs: 3_600_000,
      cloudPollMs: 2000,
      cloudFallbackMs: 30_000,
      webhookTimeoutMs: 10_000,
      webhookRetryMs: [5000, 30_000, 120_000],
      keepDeletedMs: 7 * 86_400_000,
      ...options.timings,
    },
  };
}
