import { WorkflowFileError } from '../convert/problems.ts';

/** What a compressed text may grow to: a workflow of ten thousand nodes stays far below. */
export const mostInflated = 32 * 1024 * 1024;

/**
 * Unpacks a zlib stream up to a cap, and stops reading there: a bomb costs no more memory than the cap. Gives what came
 * out before a stream breaks off or lies.
 */
export async function inflate(data: Uint8Array, most = mostInflated): Promise<Uint8Array> {
  const source = new Blob([data as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > most) {
        throw new WorkflowFileError(
          `The compressed text in this file unpacks to more than ${most / 1024 / 1024} MB; it is not read.`,
        );
      }
      chunks.push(value);
    }
  } catch (error) {
    if (error instanceof WorkflowFileError) throw error;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
