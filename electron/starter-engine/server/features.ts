/** In bytes; ComfyUI's default. */
export const maxUploadSize = 100 * 1024 * 1024;

/** What the server can do, at `/features` and in answer to a client's own flags. */
export const serverFeatures = { supports_preview_metadata: true, max_upload_size: maxUploadSize };
