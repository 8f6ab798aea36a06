import { expect } from 'chai';
import type { Schema } from '../../desk/api/http/schema.ts';
import { ROUTES } from '../../desk/api/routes/index.ts';
import { ContentApi, WELCOME } from '../support/content-api.ts';
import { DeskServer } from '../support/desk.ts';

interface Document {
  openapi: string;
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}
interface Operation {
  'x-access': string;
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: { required?: string[]; additionalProperties: boolean } }> };
  responses: Record<string, { description: string }>;
}

describe('desk API: the OpenAPI document', () => {
  let server: DeskServer;
  let twilio: ContentApi;
  let document: Document;

  before(async () => {
    twilio = await new ContentApi().open();
    server = await DeskServer.start({ basePath: '/red/desk' }, (center) => twilio.channel(center));
    document = (await server.browser().get('/api/openapi.json')).json as unknown as Document;
  });
  after(async () => {
    await server.stop();
    await twilio.close();
  });

  it('describes every route with its parameters, bodies and refusals', () => {
    expect(document.openapi).to.equal('3.1.0');
    expect(document.servers).to.deep.equal([{ url: '/red/desk' }]);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described).to.have.members(ROUTES.map((route) => `${route.method} ${route.path}`));
    const reply = document.paths['/api/conversations/{id}/messages']!['post']!;
    expect(reply['x-access']).to.equal('agent');
    expect(reply.parameters!.map((parameter) => parameter.name)).to.deep.equal(['id', 'x-twentyfour-desk']);
    const body = reply.requestBody!.content['application/json']!.schema;
    expect([body.required, body.additionalProperties]).to.deep.equal([['id', 'text'], false]);
    expect(reply.responses['409']!.description).to.include('CONVERSATION_CLOSED');
    expect(reply.responses['401']!.description).to.include('SIGNED_OUT');
  });

  it('names every part it refers to', () => {
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map((match) => match[1]!);
    expect(names).to.include.members(['Conversation', 'Home', 'Message', 'Agent', 'Error']);
    for (const name of names) expect(document.components.schemas).to.have.property(name);
  });

  it('is what the desk really answers', async () => {
    const sam = await server.signedIn('sam');
    const id = await server.queued();
    const answers: [string, string, unknown][] = [];
    const ask = async (method: string, path: string, url: string, body?: unknown) => {
      const { status, json } = await sam.ask(url, { method, body });
      expect(status, url).to.be.lessThan(300);
      answers.push([method, path, json]);
    };
    await ask('GET', '/api/home', '/api/home');
    await ask('POST', '/api/conversations/:id/accept', `/api/conversations/${id}/accept`, {});
    await ask('POST', '/api/conversations/:id/messages', `/api/conversations/${id}/messages`, { id: 'message-1', text: 'Hi' });
    await ask('GET', '/api/conversations/:id', `/api/conversations/${id}`);
    await ask('GET', '/api/conversations/:id/messages', `/api/conversations/${id}/messages`);
    await ask('GET', '/api/home', '/api/home');
    const template = { contentSid: WELCOME, variables: { 1: 'Ada' } };
    await ask('GET', '/api/accounts', '/api/accounts');
    await ask('GET', '/api/accounts/:id/templates', '/api/accounts/account/templates');
    await ask('POST', '/api/conversations/:id/templates', `/api/conversations/${id}/templates`, { id: 'message-2', ...template });
    await ask('GET', '/api/recipients', '/api/recipients?address=%2B15550100001');
    await ask('GET', '/api/customers', '/api/customers?text=');
    await ask('POST', '/api/conversations', '/api/conversations', { id: 'message-3', address: '+15550177001', ...template });
    await ask('POST', '/api/conversations/:id/end', `/api/conversations/${id}/end`, {});
    await ask('POST', '/api/conversations/:id/close', `/api/conversations/${id}/close`, {});
    await ask('GET', '/api/team', '/api/team');
    await ask('GET', '/api/session', '/api/session');
    for (const [method, path, json] of answers) {
      const route = ROUTES.find((candidate) => candidate.method === method && candidate.path === path)!;
      const schema = route.answer as Schema<unknown>;
      expect(schema.check(json, path), path).to.deep.equal(json);
    }
  });
});
