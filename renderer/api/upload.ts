import { i18n } from '../app/i18n.ts';
import { beginTransfer } from '../state/transfers.ts';
import { api } from './endpoints.ts';
import { ApiError, unreachable } from './http.ts';

/** Headers that the browser writes itself and forbids scripts to set. */
const browserOwned = new Set(['content-length', 'host']);

function put(
  url: string,
  headers: Readonly<Record<string, string>>,
  file: File,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest(); // fetch cannot tell how much of a body has gone up
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) {
      if (!browserOwned.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status < 300) return done();
      fail(new ApiError(request.status, 'upload_refused', i18n.t('errors.uploadRefused')));
    };
    request.onerror = () => fail(unreachable());
    request.onabort = () => fail(signal.reason);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** Sends one file to the gateway; returns its `file_key`. `onProgress` gets 0 to 1. */
export async function uploadFile(
  file: File,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const ticket = await api.presign({
    file_name: file.name,
    file_size: file.size,
    content_type: file.type || 'application/octet-stream',
  });
  const { upload_url: url, upload_headers: headers } = ticket;
  const tray = beginTransfer({ name: file.name, direction: 'up', total: file.size });
  try {
    const moved = (share: number) => {
      tray.progress(share * file.size);
      onProgress(share);
    };
    await put(url, headers, file, moved, signal);
    tray.finish();
  } catch (error) {
    if (signal.aborted) tray.drop();
    else tray.fail(error instanceof Error ? error.message : String(error));
    throw error;
  }
  return ticket.file_key;
}
