import { pino } from 'pino';
import { type AgentOptions, createAgent } from '../../../../electron/agent/agent.ts';

/** An agent as a process of its own, so that a test can kill it: its options come as JSON in the only argument. */
const options = JSON.parse(process.argv[2] ?? '{}') as Omit<AgentOptions, 'log'>;
await createAgent({
  ...options,
  log: pino({ level: process.env.ATELIER_LOG ?? 'silent' }, process.stderr),
}).start();
process.stdout.write('agent is up\n');
