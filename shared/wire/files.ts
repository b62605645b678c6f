import { z } from 'zod';

/** POST /r/files/presign (spec 3.11). `file_size` in bytes. */
export const presignRequest = z
  .object({
    file_name: z
      .string()
      .min(1)
      .max(255)
      .refine(
        (name) => !/[\\/\0]/.test(name) && name !== '.' && name !== '..',
        'a bare file name, without folders',
      ),
    file_size: z.int().min(1),
    content_type: z
      .string()
      .max(255)
      .regex(/^[\w.+-]+\/[\w.+-]+$/, 'a MIME type such as image/png'),
  })
  .meta({ id: 'PresignRequest' });

export const presignReply = z
  .object({ file_key: z.string(), upload_url: z.string(), upload_headers: z.record(z.string(), z.string()) })
  .meta({ id: 'PresignReply' });
