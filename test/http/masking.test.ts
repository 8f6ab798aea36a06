import { expect } from 'chai';
import { DeskServer, inbound } from '../support/desk.ts';

describe('desk API: what an agent sees of a customer', () => {
  it('masks the address until the conversation is accepted, in lists, form and messages', async () => {
    const server = await DeskServer.start();
    try {
      await server.addAgent('ana');
      const ana = await server.signedIn('ana');
      const id = await server.queued('+15550123456');
      const texts = [
        (await ana.get('/api/home')).text,
        (await ana.get(`/api/conversations/${id}`)).text,
        (await ana.get(`/api/conversations/${id}/messages`)).text,
      ];
      for (const text of texts) {
        expect(text).to.include('3456');
        expect(text).to.not.include('15550123456');
      }
      await ana.post(`/api/conversations/${id}/accept`);
      expect((await ana.get(`/api/conversations/${id}`)).text).to.include('+15550123456');
      expect((await ana.get(`/api/conversations/${id}/messages`)).text).to.include('+15550123456');
    } finally {
      await server.stop();
    }
  });

  it('masks whom a customer quotes, which is the customer as often as not', async () => {
    const server = await DeskServer.start();
    try {
      await server.addAgent('ana');
      const ana = await server.signedIn('ana');
      const id = await server.queued('+15550123456');
      const answer = inbound('+15550123456', 'This one, I mean', server.center.now());
      const context = { sid: 'SM1', from: 'whatsapp:+15550123456' };
      await server.center.run('receive', { accountId: 'account', routed: true, message: { ...answer, context } });
      const { text } = await ana.get(`/api/conversations/${id}/messages`);
      expect(text).to.include('This one, I mean');
      expect(text).to.not.include('15550123456');
    } finally {
      await server.stop();
    }
  });
});
