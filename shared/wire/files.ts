import { z } from 'zod';

/** POST /r/files/presign (spec 3.11). `file_size` in bytes. */
export const presignRequest = z
  .object({
    file_name: z
      .string()
      .min(1)
      .max(255)
      .refine(
        (name) => !/[\\/\p{Cc}\p{Cs}]/u.test(name) && name !== '.' && name !== '..',
        'a bare file name, without folders and control characters',
      )
      .meta({ examples: ['photo.png'] }),
    file_size: z
      .int()
      .min(1)
      .meta({ description: 'Bytes, exactly.', examples: [1_048_576] }),
    content_type: z
      .string()
      .max(255)
      .regex(/^[\w.+-]+\/[\w.+-]+$/, 'a MIME type such as image/png')
      .meta({ examples: ['image/png'] }),
  })
  .meta({ id: 'PresignRequest' });

export const presignReply = z
  .object({
    file_key: z.string().meta({
      description: 'Opaque; the value of a file parameter.',
      examples: [
        'inputs/019abc12-4567-7890-abcd-ef1234567891/019abc12-5678-7890-abcd-ef1234567892/aW1hZ2UvcG5n/photo.png',
      ],
    }),
    upload_url: z.url().meta({ description: 'PUT the bytes here; valid for an hour.' }),
    upload_headers: z.record(z.string(), z.string()).meta({
      description: 'Send every one of them with the upload.',
      examples: [{ 'Content-Length': '1048576', 'If-None-Match': '*' }],
    }),
  })
  .meta({ id: 'PresignReply' });
