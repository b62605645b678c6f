import { z } from 'zod';
import { timestamp, uuid } from './common.ts';

const storageKey = z
  .string()
  .min(1)
  .max(1024)
  .meta({
    description: 'From a presign call.',
    examples: ['models/019abc12-4567-7890-abcd-ef1234567891/019abc12-5678-7890-abcd-ef1234567892'],
  });
const fileSize = z
  .int()
  .min(1)
  .meta({ description: 'Bytes, exactly.', examples: [6_800_000_000] });
const partNumber = z
  .int()
  .min(1)
  .max(10_000)
  .meta({ description: 'Counts from 1.', examples: [1] });
const etag = z
  .string()
  .min(1)
  .max(128)
  .meta({ examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'] });
const partSize = z.int().meta({
  description: 'Bytes of each part but the last, which has what is left.',
  examples: [104_857_600],
});
const partCount = z.int().meta({ examples: [65] });

/** POST /uploads/multipart/initiate (spec 3.11). */
export const initiateMultipartRequest = z
  .object({ storage_key: storageKey, file_size: fileSize })
  .meta({ id: 'InitiateMultipartRequest' });

export const initiateMultipartReply = z
  .object({ upload_id: uuid, storage_key: storageKey, part_size: partSize, part_count: partCount })
  .meta({ id: 'InitiateMultipartReply' });

export const multipartReply = z
  .object({
    upload_id: uuid,
    storage_key: storageKey,
    file_size: fileSize,
    part_size: partSize,
    part_count: partCount,
    uploaded_bytes: z.int().meta({ examples: [104_857_600] }),
    is_complete: z.boolean(),
    created_at: timestamp,
    parts: z
      .array(z.object({ part_number: partNumber, part_size: z.int().meta({ description: 'Bytes.' }), etag }))
      .meta({ description: 'Those that are here, by number.' }),
  })
  .meta({ id: 'MultipartUpload' });

export const presignPartRequest = z.object({ part_number: partNumber }).meta({ id: 'PresignPartRequest' });

export const presignPartReply = z
  .object({
    part_number: partNumber,
    part_size: z.int().meta({ description: 'Bytes of this part.', examples: [104_857_600] }),
    upload_url: z.url().meta({ description: 'PUT the part here; valid for an hour.' }),
    upload_headers: z
      .record(z.string(), z.string())
      .meta({ description: 'Send every one of them.', examples: [{ 'Content-Length': '104857600' }] }),
  })
  .meta({ id: 'PresignPartReply' });

export const completeMultipartRequest = z
  .object({
    parts: z
      .array(z.object({ part_number: partNumber, etag }))
      .max(10_000)
      .optional()
      .meta({
        description:
          'The ETag that each part was answered with. What is given is compared with what is here.',
      }),
  })
  .meta({ id: 'CompleteMultipartRequest' });

export const completeMultipartReply = z
  .object({
    storage_key: storageKey,
    file_size: fileSize,
    file_hash: z.string().meta({
      description: 'Of the whole.',
      examples: ['sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    }),
  })
  .meta({ id: 'CompleteMultipartReply' });
