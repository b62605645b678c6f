import { i18n } from '../app/i18n.ts';
import { ApiError, unreachable } from './http.ts';
import { modelApi } from './models.ts';

/** What is to be uploaded, and where it goes. */
export interface UploadWish {
  readonly file: File;
  readonly displayName: string;
  readonly folder: string;
  readonly path: string;
}

export interface UploadPorts {
  readonly signal: AbortSignal;
  /** So many bytes are on the other side. */
  sent(bytes: number): void;
  /** What to go on with after a break of any kind. */
  begun(storageKey: string, uploadId: string): void;
  finishing(): void;
}

const mostTries = 6;

/** Sends a model in parts and registers it. `from` goes on with an upload that broke off. */
export async function uploadModel(
  { file, displayName, folder, path }: UploadWish,
  from: { readonly storageKey: string } | undefined,
  ports: UploadPorts,
): Promise<void> {
  const storageKey =
    from?.storageKey ??
    (
      await modelApi.presign({
        ...{ file_name: file.name.slice(-255), file_size: file.size },
        ...{ model_type: folder, model_path: path },
      })
    ).storage_key;
  const upload = await modelApi.initiate(storageKey, file.size);
  ports.begun(storageKey, upload.upload_id);
  const here = new Set((await modelApi.upload(upload.upload_id)).parts.map(({ part_number }) => part_number));
  const place = (number: number) => [
    (number - 1) * upload.part_size,
    Math.min(number * upload.part_size, file.size),
  ];
  let done = 0;
  for (let number = 1; number <= upload.part_count; number += 1) {
    const [start = 0, end = 0] = place(number);
    if (!here.has(number)) {
      const piece = file.slice(start, end);
      const before = done;
      await again(ports.signal, () =>
        sendPart(upload.upload_id, number, piece, ports.signal, (bytes) => ports.sent(before + bytes)),
      );
    }
    done += end - start;
    ports.sent(done);
  }
  ports.finishing();
  const { file_hash } = await modelApi.complete(upload.upload_id);
  await modelApi.register({
    ...{ display_name: displayName, model_type: folder, storage_key: storageKey },
    ...{ file_size: file.size, file_hash, model_path: path },
  });
}

/** Once more after a break of the line; a refusal stays a refusal. */
async function again(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      if (signal.aborted || refused || tries === mostTries) throw error;
      await new Promise((done) => setTimeout(done, 500 * 2 ** tries));
    }
  }
}

async function sendPart(
  uploadId: string,
  number: number,
  piece: Blob,
  signal: AbortSignal,
  sent: (bytes: number) => void,
): Promise<void> {
  const { upload_url } = await modelApi.part(uploadId, number);
  const etag = await put(upload_url, piece, signal, sent);
  const ours = await hashOf(piece);
  if (ours !== undefined && etag !== undefined && ours !== etag)
    throw new Error(i18n.t('models.upload.damaged'));
}

/** SHA-256 of a part, to be compared with what arrived; browsers offer it on safe addresses only. */
async function hashOf(piece: Blob): Promise<string | undefined> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return undefined;
  const digest = await subtle.digest('SHA-256', await piece.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Resolves with the ETag. `fetch` can't tell how much of a body has gone up. */
function put(
  url: string,
  piece: Blob,
  signal: AbortSignal,
  sent: (bytes: number) => void,
): Promise<string | undefined> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    request.upload.onprogress = (event) => sent(event.loaded);
    request.onload = () => {
      if (request.status < 300) done(request.getResponseHeader('etag')?.replaceAll('"', ''));
      else fail(new ApiError(request.status, 'upload_refused', i18n.t('errors.uploadRefused')));
    };
    request.onerror = () => fail(unreachable());
    request.onabort = () => fail(signal.reason);
    if (signal.aborted) return request.abort();
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(piece);
  });
}
