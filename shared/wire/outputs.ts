import { z } from 'zod';
import { timestamp, uuid } from './common.ts';
import { outputKinds } from './tasks.ts';

/** The gallery: everything made, whoever ran it. All of it is ours (`x-atelier`). */
export const outputItem = z
  .object({
    id: uuid,
    task_id: uuid,
    storage_key: z.string(),
    name: z.string(),
    kind: z.enum(outputKinds),
    content_type: z.string(),
    size: z.int().meta({ description: 'Bytes.' }),
    sha256: z.string(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    url: z.string().meta({ description: 'Signed address of the file; good for an hour, needs no key.' }),
    thumbnails: z.object({ small: z.string(), large: z.string() }).nullable().meta({
      description:
        'Signed addresses of WebP pictures of at most 320 and 640 pixels; null where there are none.',
    }),
    colour: z
      .string()
      .nullable()
      .meta({ description: 'Its mean colour.', examples: ['#8a5a3c'] }),
    placeholder: z.string().nullable().meta({
      description: 'A few pixels of it as a `data:` address, to be shown blurred until it has come.',
    }),
    workflow_id: uuid,
    workflow_slug: z.string(),
    workflow_name: z.string(),
    workflow_version: z.int(),
    submitted_by: z.string(),
    submitter_name: z.string().meta({ description: 'Of the person or the key; empty when it is gone.' }),
    created_at: timestamp,
    is_starred: z.boolean(),
    deleted_at: timestamp.nullable(),
  })
  .meta({ id: 'OutputItem' });
export type OutputItem = z.infer<typeof outputItem>;

const flag = z
  .enum(['true', 'false'])
  .optional()
  .transform((text) => (text === undefined ? undefined : text === 'true'));

/** What can be asked for, everywhere in the gallery. `param.<name>=<value>` is read from what is left over. */
const filterFields = {
  workflow_id: uuid.optional(),
  kind: z.enum(outputKinds).optional(),
  submitted_by: z.string().max(64).optional().meta({ description: 'Id of a person or of a key.' }),
  created_after: timestamp.optional().meta({ description: 'This moment or later.' }),
  created_before: timestamp.optional().meta({ description: 'Before this moment.' }),
  starred: flag.meta({ description: 'Only those that are starred, or only those that are not.' }),
  deleted: flag.meta({ description: '`true`: those that were deleted and can be restored.' }),
  text: z
    .string()
    .trim()
    .max(200)
    .optional()
    .meta({
      description:
        'Found in the name of the workflow, of the file, or in a text among the values, whatever its case; searches the ' +
        'newest 50,000 of the time asked for. `param.<name>=<value>` asks for a value of a parameter in the same way.',
    }),
};

export const outputFilterQuery = z.looseObject(filterFields);
export type OutputFilterQuery = z.output<typeof outputFilterQuery>;

export const outputListQuery = z.looseObject({
  ...filterFields,
  order: z.enum(['newest', 'oldest']).default('newest'),
  cursor: uuid.optional().meta({
    description: 'Goes on after this output: `next_cursor` of the page before, or the id of any output.',
  }),
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(2_147_483_647)
    .default(0)
    .meta({ description: 'Leaves out so many first. To walk through everything, the cursor is faster.' }),
  per_page: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Items to a page.' }),
});
export type OutputListQuery = z.output<typeof outputListQuery>;

export const outputList = z
  .object({
    output_list: z.array(outputItem),
    next_cursor: uuid.nullable().meta({ description: 'null at the end.' }),
    total_count: z.int(),
  })
  .meta({ id: 'OutputList' });

export const outputDaysQuery = z.looseObject({
  ...filterFields,
  time_zone: z
    .string()
    .max(64)
    .default('UTC')
    .meta({ description: 'Whose days are meant.', examples: ['Europe/Berlin'] }),
});
export type OutputDaysQuery = z.output<typeof outputDaysQuery>;

export const outputDays = z
  .object({
    day_list: z.array(
      z.object({
        day: z.string().meta({ examples: ['2026-11-25'] }),
        begins_at: timestamp,
        ends_at: timestamp,
        count: z.int(),
      }),
    ),
    total_count: z.int(),
  })
  .meta({ id: 'OutputDays' });
export type OutputDays = z.infer<typeof outputDays>;

const counted = { id: z.string(), name: z.string(), count: z.int() };
export const outputFacets = z
  .object({
    workflow_list: z.array(z.object({ ...counted, slug: z.string() })),
    person_list: z.array(z.object(counted)),
    kind_list: z.array(z.object({ kind: z.enum(outputKinds), count: z.int() })),
    starred_count: z.int(),
    total_count: z.int(),
  })
  .meta({ id: 'OutputFacets' });

/** So many in one call, and in one zip. */
export const mostOutputs = 1000;
const outputIds = z
  .array(uuid)
  .min(1)
  .max(mostOutputs)
  .meta({ description: `1 to ${mostOutputs} ids of outputs.` });

export const outputsRequest = z.object({ output_ids: outputIds }).meta({ id: 'OutputsRequest' });
export const starOutputsRequest = z
  .object({ output_ids: outputIds, is_starred: z.boolean() })
  .meta({ id: 'StarOutputsRequest' });

export const outputsChanged = z
  .object({
    changed_count: z.int(),
    not_found: z.array(uuid).meta({ description: 'Ids that are no outputs of this team.' }),
  })
  .meta({ id: 'OutputsChanged' });

export const zipReply = z
  .object({
    url: z.string().meta({ description: 'GET it for the zip; good for ten minutes, needs no key.' }),
    file_count: z.int(),
    size: z.int().meta({ description: 'Bytes of the files together.' }),
  })
  .meta({ id: 'ZipReply' });

export const outputInputReply = z
  .object({
    file_key: z.string().meta({ description: 'The value of a file parameter; no bytes were copied.' }),
    file_name: z.string(),
    content_type: z.string(),
    size: z.int(),
  })
  .meta({ id: 'OutputInputReply' });
