import type { Row } from './rows.ts';

/** What was added to the engines of an agent since. */
export const engineRows: Readonly<Record<string, Row>> = {
  // Nothing was done to it, so there is nothing to dismiss.
  dismissEngineJob: ({ machine }) => ({ at: machine.fake, ok: 409 }),
  // It does not run, so nobody knows what it lacks.
  findMissingPacks: ({ machine, workflowId }) => ({
    at: machine.fake,
    json: { workflow_ids: [workflowId] },
    ok: 409,
  }),
};
