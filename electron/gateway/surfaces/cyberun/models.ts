import { z } from 'zod';
import { idReply, successReply, uuid } from '#shared/wire/common.ts';
import {
  fetchModelRequest,
  inventoryQuery,
  inventoryReply,
  modelDetail,
  modelFetchList,
  modelList,
  modelListQuery,
  modelSummary,
  presignModelReply,
  presignModelRequest,
  registerModelRequest,
  updateModelRequest,
} from '#shared/wire/models.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import { modelItem } from '../../models/library.ts';
import type { Rooms } from '../../rooms.ts';
import { originOf } from './files.ts';
import { describe } from './route.ts';

const tag = 'model';
const byId = z.object({ modelId: uuid });
const byFetch = z.object({ fetchId: uuid });

/** The team's models (Cyberun spec 3.12): those that agents fetch, and what agents have. */
export function modelRoutes(app: App, rooms: Rooms): void {
  uploadRoutes(app, rooms);
  readRoutes(app, rooms);
  changeRoutes(app, rooms);
  inventoryRoutes(app, rooms);
  fetchRoutes(app, rooms);
}

function uploadRoutes(app: App, { identity, models }: Rooms): void {
  app.post(
    '/models/presign',
    {
      onRequest: permit(identity, 'presignModel'),
      schema: describe(
        {
          tag,
          id: 'presignModel',
          summary: 'Request a presigned upload URL for a model file',
          description:
            'PUT the bytes to `upload_url` with every header of `upload_headers`, then register the model. What is ' +
            'larger than the gateway takes in one piece goes through `/uploads/multipart` with the same `storage_key`.',
        },
        { body: presignModelRequest },
        { 200: presignModelReply },
      ),
    },
    (request) => models.uploads.presign(callerOf(request).teamId, request.body, originOf(request)),
  );

  app.post(
    '/models',
    {
      onRequest: permit(identity, 'registerModel'),
      schema: describe(
        {
          tag,
          id: 'registerModel',
          summary: 'Register a model after uploading',
          description:
            'Size and hash are compared with what was uploaded. Agents of the team fetch it from then on.',
          errors: [409],
        },
        { body: registerModelRequest },
        { 200: idReply },
      ),
    },
    async (request) => ({ id: await models.library.register(callerOf(request).teamId, request.body) }),
  );
}

function readRoutes(app: App, { identity, models }: Rooms): void {
  app.get(
    '/models',
    {
      onRequest: permit(identity, 'listModels'),
      schema: describe(
        { tag, id: 'listModels', summary: 'List the models of the library, newest first', ours: true },
        { querystring: modelListQuery },
        { 200: modelList },
      ),
    },
    (request) => {
      const { current_page, per_page } = request.query;
      const { models: rows, total } = models.library.list(callerOf(request).teamId, request.query);
      return {
        model_list: rows.map(modelItem),
        page_meta: { current_page, per_page, total_count: total },
      };
    },
  );

  app.get(
    '/models/:modelId',
    {
      onRequest: permit(identity, 'getModel'),
      schema: describe(
        { tag, id: 'getModel', summary: 'Get model details' },
        { params: byId },
        { 200: modelDetail },
      ),
    },
    (request) => modelItem(models.library.get(callerOf(request).teamId, request.params.modelId)),
  );
}

function changeRoutes(app: App, { identity, models }: Rooms): void {
  app.put(
    '/models/:modelId',
    {
      onRequest: permit(identity, 'updateModel'),
      schema: describe(
        {
          tag,
          id: 'updateModel',
          ours: true,
          summary: 'Update a model, disable or enable it',
          description:
            'Only the given fields change. A disabled model stays in the catalogue, agents fetch it no more.',
          errors: [409],
        },
        { params: byId, body: updateModelRequest },
        { 200: idReply },
      ),
    },
    async (request) => {
      const { modelId: id } = request.params;
      await models.library.update(callerOf(request).teamId, id, request.body);
      return { id };
    },
  );

  app.delete(
    '/models/:modelId',
    {
      onRequest: permit(identity, 'deleteModel'),
      schema: describe(
        {
          tag,
          id: 'deleteModel',
          ours: true,
          summary: 'Delete a model from the library',
          description: 'Agents keep the files that they have.',
        },
        { params: byId },
        { 200: successReply },
      ),
    },
    async (request) => {
      await models.library.remove(callerOf(request).teamId, request.params.modelId);
      return { is_success: true as const };
    },
  );
}

function inventoryRoutes(app: App, { identity, models }: Rooms): void {
  app.get(
    '/models/inventory',
    {
      onRequest: permit(identity, 'listModelInventory'),
      schema: describe(
        {
          tag,
          id: 'listModelInventory',
          ours: true,
          summary: 'List what agents and the library have',
          description: 'By path: what each model is, on which agents it lies, and which workflows name it.',
        },
        { querystring: inventoryQuery },
        { 200: inventoryReply },
      ),
    },
    (request) => {
      const { current_page, per_page } = request.query;
      const { models: list, total } = models.inventory.list(callerOf(request).teamId, request.query);
      return { model_list: list, page_meta: { current_page, per_page, total_count: total } };
    },
  );

  app.get(
    '/models/summary',
    {
      onRequest: permit(identity, 'getModelSummary'),
      schema: describe(
        {
          tag,
          id: 'getModelSummary',
          ours: true,
          summary: 'Sum up the models: missing ones, duplicates, disk use',
          description:
            'Models that workflows name and no agent has come with their source where the workflow tells it.',
        },
        {},
        { 200: modelSummary },
      ),
    },
    (request) => models.inventory.summary(callerOf(request).teamId),
  );
}

function fetchRoutes(app: App, { identity, models }: Rooms): void {
  app.post(
    '/models/fetch',
    {
      onRequest: permit(identity, 'fetchModel'),
      schema: describe(
        {
          tag,
          id: 'fetchModel',
          ours: true,
          summary: 'Download a model from the internet into the library',
          description:
            'By https from public addresses. It goes on after breaks and restarts; with `file_hash` what comes is compared.',
          errors: [409],
        },
        { body: fetchModelRequest },
        { 202: idReply },
      ),
    },
    async (request, reply) =>
      reply.code(202).send({ id: await models.fetches.add(callerOf(request).teamId, request.body) }),
  );

  app.get(
    '/models/fetches',
    {
      onRequest: permit(identity, 'listModelFetches'),
      schema: describe(
        { tag, id: 'listModelFetches', ours: true, summary: 'List downloads of models, newest first' },
        {},
        { 200: modelFetchList },
      ),
    },
    (request) => ({ fetch_list: models.fetches.list(callerOf(request).teamId) }),
  );

  app.post(
    '/models/fetches/:fetchId/retry',
    {
      onRequest: permit(identity, 'retryModelFetch'),
      schema: describe(
        {
          tag,
          id: 'retryModelFetch',
          ours: true,
          summary: 'Go on with a download that failed',
          errors: [409],
        },
        { params: byFetch },
        { 200: successReply },
      ),
    },
    async (request) => {
      await models.fetches.retry(callerOf(request).teamId, request.params.fetchId);
      return { is_success: true as const };
    },
  );

  app.delete(
    '/models/fetches/:fetchId',
    {
      onRequest: permit(identity, 'deleteModelFetch'),
      schema: describe(
        { tag, id: 'deleteModelFetch', ours: true, summary: 'End a download, or take it off the list' },
        { params: byFetch },
        { 200: successReply },
      ),
    },
    async (request) => {
      await models.fetches.remove(callerOf(request).teamId, request.params.fetchId);
      return { is_success: true as const };
    },
  );
}
