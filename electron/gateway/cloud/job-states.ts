/** What a job at the cloud is up to, as far as it matters here. */
export type JobState = 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';

/**
 * The cloud's words for it come from three generations of its documentation (comfyui-protocol.md section 15); only their
 * endings are certain, and a word that is not here is one of being under way.
 */
const states: Readonly<Record<string, JobState>> = {
  success: 'completed',
  completed: 'completed',
  error: 'failed',
  failed: 'failed',
  non_retryable_error: 'failed',
  lost: 'failed',
  cancelled: 'cancelled',
  running: 'running',
  in_progress: 'running',
  executing: 'running',
};

export const jobState = (said: string): JobState => states[said.toLowerCase()] ?? 'waiting';

/** May the cloud succeed where it just failed? Its own word for "no" is the only one there is. */
export const mayHelpAgain = (said: string): boolean => said.toLowerCase() === 'lost';
