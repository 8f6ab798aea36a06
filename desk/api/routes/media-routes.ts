import { CenterError } from '../../../lib/domain/errors.ts';
import { sendFile } from '../../../lib/http/send-file.ts';
import { MediaFolder } from '../../../lib/store/media-folder.ts';
import { object, text } from '../http/schema.ts';
import { receiveFile } from '../http/receive-file.ts';
import { agentOf, route } from './route.ts';
import { mediaView } from './views.ts';

const LONGEST_NAME = 300;

export const mediaRoutes = [
  route({
    method: 'GET',
    path: '/api/media/:id',
    access: 'agent',
    summary: 'A file’s content, as a whole or the part that `Range` asks for; what a page may not show is a download',
    answer: 'file',
    errors: ['UNKNOWN_MEDIA', 'MEDIA_UNAVAILABLE'],
    async handle(call, { center }) {
      const file = await center.query('media', { mediaId: call.params['id']!, agentId: agentOf(call) });
      try {
        const { name, contentType } = file;
        await sendFile(call.request, call.response, { path: new MediaFolder(center.file).pathOf(file.file), name, contentType });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        throw new CenterError('MEDIA_UNAVAILABLE', 'This file is not on disk any more.', { cause: error });
      }
    },
  }),
  route({
    method: 'POST',
    path: '/api/media/:id/retry',
    access: 'agent',
    summary: 'Asks for a customer’s file again that could not be fetched',
    body: object({}),
    answer: mediaView,
    errors: ['UNKNOWN_MEDIA'],
    handle: (call, { center }) => center.run('retryMedia', { mediaId: call.params['id']!, agentId: agentOf(call) }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/files',
    access: 'agent',
    summary: 'Uploads a file for an answer: 16 MB at most, pictures 5 MB, of a kind that WhatsApp takes. Send it with `mediaId`',
    query: object({ name: text({ max: LONGEST_NAME }) }),
    upload: true,
    answer: mediaView,
    status: 201,
    errors: [
      'UNKNOWN_CONVERSATION',
      'NOT_YOUR_CONVERSATION',
      'CONVERSATION_CLOSED',
      'ILLEGAL_TRANSITION',
      'MEDIA_TOO_LARGE',
      'MEDIA_TYPE_REFUSED',
    ],
    handle: (call, { center }) =>
      receiveFile(call.request, center, call.query.name, () =>
        center.run('beginUpload', { conversationId: call.params['id']!, agentId: agentOf(call) }),
      ),
  }),
  route({
    method: 'DELETE',
    path: '/api/media/:id',
    access: 'agent',
    summary: 'Takes back an uploaded file that was not sent',
    answer: null,
    errors: ['UNKNOWN_MEDIA'],
    async handle(call, { center }) {
      await center.run('dropFile', { mediaId: call.params['id']!, agentId: agentOf(call) });
    },
  }),
];
