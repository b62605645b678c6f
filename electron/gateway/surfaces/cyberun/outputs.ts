import { z } from 'zod';
import { uuid } from '#shared/wire/common.ts';
import {
  outputDays,
  outputDaysQuery,
  outputFacets,
  outputInputReply,
  outputItem,
  outputList,
  outputListQuery,
  outputsChanged,
  outputsRequest,
  starOutputsRequest,
  zipReply,
} from '#shared/wire/outputs.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { zipPath } from './output-files.ts';
import { describe } from './route.ts';

const words = { tag: 'output', ours: true } as const;
const byId = z.object({ outputId: uuid });

/** The gallery: everything that was made, found, starred, deleted, restored and taken home. */
export function outputRoutes(app: App, rooms: Rooms): void {
  listRoutes(app, rooms);
  overviewRoutes(app, rooms);
  changeRoutes(app, rooms);
  takeRoutes(app, rooms);
}

function listRoutes(app: App, { identity, gallery }: Rooms): void {
  app.get(
    '/r/outputs',
    {
      onRequest: permit(identity, 'listOutputs'),
      schema: describe(
        {
          ...words,
          id: 'listOutputs',
          summary: 'List everything that was made',
          description:
            'What tasks saved, and previews of tasks that saved nothing. `param.<name>=<value>` finds what was made with ' +
            'a value of a parameter; up to ten of them.',
        },
        { querystring: outputListQuery },
        { 200: outputList },
      ),
    },
    (request) => gallery.outputs.list(callerOf(request).teamId, request.query),
  );

  app.get(
    '/r/outputs/:outputId',
    {
      onRequest: permit(identity, 'getOutput'),
      schema: describe(
        {
          ...words,
          id: 'getOutput',
          summary: 'Get one output',
          description: 'The values it was made with are those of its task.',
        },
        { params: byId },
        { 200: outputItem },
      ),
    },
    (request) => gallery.outputs.get(callerOf(request).teamId, request.params.outputId),
  );
}

function overviewRoutes(app: App, { identity, gallery }: Rooms): void {
  app.get(
    '/r/outputs/days',
    {
      onRequest: permit(identity, 'listOutputDays'),
      schema: describe(
        {
          ...words,
          id: 'listOutputDays',
          summary: 'Count what was made, day by day',
          description:
            'Newest first, the days on which nothing was made left out. Takes the filters of the list.',
        },
        { querystring: outputDaysQuery },
        { 200: outputDays },
      ),
    },
    (request) => gallery.outputs.days(callerOf(request).teamId, request.query),
  );

  app.get(
    '/r/outputs/facets',
    {
      onRequest: permit(identity, 'getOutputFacets'),
      schema: describe(
        {
          ...words,
          id: 'getOutputFacets',
          summary: 'List what outputs can be filtered by',
          description: 'Workflows, people and kinds with how much there is of each, most first.',
        },
        {},
        { 200: outputFacets },
      ),
    },
    (request) => gallery.outputs.facets(callerOf(request).teamId),
  );
}

function changeRoutes(app: App, { identity, gallery }: Rooms): void {
  app.post(
    '/r/outputs/star',
    {
      onRequest: permit(identity, 'starOutputs'),
      schema: describe(
        { ...words, id: 'starOutputs', summary: 'Star outputs, or take their stars' },
        { body: starOutputsRequest },
        { 200: outputsChanged },
      ),
    },
    (request) => {
      const { output_ids, is_starred } = request.body;
      return gallery.outputs.star(callerOf(request).teamId, output_ids, is_starred);
    },
  );

  for (const [verb, summary, description] of [
    ['delete', 'Delete outputs', 'They are out of sight at once, and can be restored for seven days.'],
    ['restore', 'Restore deleted outputs', 'As they were. Those that are not deleted stay as they are.'],
  ] as const) {
    app.post(
      `/r/outputs/${verb}`,
      {
        onRequest: permit(identity, `${verb}Outputs`),
        schema: describe(
          { ...words, id: `${verb}Outputs`, summary, description },
          { body: outputsRequest },
          { 200: outputsChanged },
        ),
      },
      (request) => gallery.outputs[verb](callerOf(request).teamId, request.body.output_ids),
    );
  }
}

function takeRoutes(app: App, { identity, gallery }: Rooms): void {
  app.post(
    '/r/outputs/zip',
    {
      onRequest: permit(identity, 'zipOutputs'),
      schema: describe(
        {
          ...words,
          id: 'zipOutputs',
          summary: 'Download many outputs as one zip',
          description:
            'Ids that are no outputs of this team, or deleted, are left out. The zip is made while it is sent.',
        },
        { body: outputsRequest },
        { 200: zipReply },
      ),
    },
    (request) => {
      const { rows } = gallery.outputs.rows(callerOf(request).teamId, request.body.output_ids);
      return {
        url: zipPath(gallery.zips.prepare(rows)),
        file_count: rows.length,
        size: rows.reduce((sum, { size }) => sum + size, 0),
      };
    },
  );

  app.post(
    '/r/outputs/:outputId/input',
    {
      onRequest: permit(identity, 'useOutputAsInput'),
      schema: describe(
        {
          ...words,
          id: 'useOutputAsInput',
          summary: 'Use an output as an input',
          description: 'Gives it a `file_key`, as if it had been uploaded. Nothing is copied.',
        },
        { params: byId },
        { 200: outputInputReply },
      ),
    },
    (request) => gallery.outputs.asInput(callerOf(request).teamId, request.params.outputId),
  );
}
