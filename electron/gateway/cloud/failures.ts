import type { TaskFailure } from '#shared/wire/tasks.ts';
import { CloudError, type CloudJob } from './client.ts';
import { mayHelpAgain } from './job-states.ts';

/** What the cloud's own errors mean to people (comfyui-protocol.md section 15). */
const fixes: Readonly<Record<string, string>> = {
  InsufficientFundsError: 'The account has no credits left; add some at platform.comfy.org.',
  InactiveSubscriptionError: 'The account has no active subscription; renew it at platform.comfy.org.',
  ModelDownloadError: 'The cloud could not get a model of the workflow: use one that it has.',
  ImageDownloadError: 'The cloud could not get an input; run it again.',
  OOMError: 'It needs more memory than the cloud gives: make it smaller.',
};

const refusals: Readonly<Record<number, string>> = {
  401: 'It refused the API key; enter a valid one in the settings of ComfyUI Cloud.',
  402: fixes.InsufficientFundsError ?? '',
  403: 'It refused the API key; enter a valid one in the settings of ComfyUI Cloud.',
  429: fixes.InactiveSubscriptionError ?? '',
};

/** A job that the cloud could not finish, as a failure of its task. */
export function jobFailure(state: string, said: string, { execution_error: error }: CloudJob): TaskFailure {
  const type = error?.exception_type ?? '';
  const what = error?.exception_message.trim() || said || `the job ended as ${state}`;
  const fix = fixes[type] ? ` ${fixes[type]}` : '';
  return {
    code: type === 'OOMError' ? 'out_of_memory' : 'engine_error',
    message: `ComfyUI Cloud: ${what.replace(/[.\s]*$/, '.')}${fix}`.slice(0, 20_000),
    retryable: mayHelpAgain(state),
    ...(error?.node_id && { node_id: error.node_id }),
    ...(error?.node_type && { node_type: error.node_type }),
  };
}

/** What went wrong on the way to the cloud or back. */
export function errorFailure(error: unknown): TaskFailure {
  if (!(error instanceof CloudError)) {
    const message = `The run at ComfyUI Cloud went wrong: ${error instanceof Error ? error.message : String(error)}`;
    return { code: 'engine_error', message, retryable: false };
  }
  const fix = refusals[error.status];
  return {
    code: error.passing ? 'engine_unreachable' : 'engine_rejected',
    message: `ComfyUI Cloud did not run it: ${error.message.replace(/[.\s]*$/, '.')}${fix ? ` ${fix}` : ''}`,
    retryable: error.passing,
  };
}
