import { CenterError } from '../../lib/domain/errors.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import { centerNodeOf, isCenterProblem, slotOf } from '../../lib/node-red/config-nodes.ts';
import { numberOf, textOf } from '../../lib/node-red/config-values.ts';
import { asCenterError } from '../../lib/node-red/health.ts';
import { identityOf } from '../../lib/node-red/feeding/identity.ts';
import { conversationOf, whatsappOf } from '../../lib/node-red/feeding/message.ts';
import { isWired, onInput } from '../../lib/node-red/on-input.ts';
import { serveQueue } from '../../lib/node-red/centers/queue-service.ts';
import type { QueueService } from '../../lib/node-red/centers/queue-service.ts';
import { registryOf } from '../../lib/node-red/registry.ts';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';

interface NotifyAgentConfig extends NodeConfig {
  center?: unknown;
  queue?: unknown;
  offerSeconds?: unknown;
}

/** `notify-agent`: offers conversations to agents; what agents write (1), what happens to conversations (2). */
export default function (RED: RuntimeApi): void {
  const registry = registryOf(RED);

  function NotifyAgent(this: RuntimeNode, config: NotifyAgentConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);
    const queueName = textOf(config.queue);
    let waiting = 0;

    const showWaiting = (): void => status.show(waiting === 0 ? 'nobodyWaiting' : 'waiting', { count: waiting });

    const serve = async (): Promise<QueueService> => {
      if (queueName === '') throw new CenterError('QUEUE_MISSING', 'Give the queue a name.');
      const slot = slotOf(centerNodeOf(RED, config.center));
      const served = await serveQueue({
        slot,
        nodeId: this.id,
        queueName,
        offerSeconds: numberOf(config.offerSeconds, { fallback: 120, min: 5, max: 3600 }),
        reply: (message) => this.send(message),
        event: (message) => this.send([null, message]),
        wantsEvents: () => isWired(this, 1),
        waiting: (count) => {
          waiting = count;
          showWaiting();
        },
        onError: (error) => this.warn(String(error)),
      });
      status.clearProblem();
      showWaiting();
      return served;
    };

    const start = (quietly: boolean): Promise<QueueService> => {
      const starting = serve();
      starting.catch((error: unknown) => {
        const problem = asCenterError(error);
        status.showProblem(problem.code);
        if (!quietly && !isCenterProblem(RED, config.center, problem)) this.error(problem);
      });
      return starting;
    };
    let service = start(false);

    onInput(this, async (message) => {
      const { queueId } = await service;
      const { id, customer, attributes, tags } = conversationOf(message);
      if (id === null)
        throw new CenterError('UNKNOWN_CONVERSATION', 'This message belongs to no conversation (msg.conversation.id).');
      const whatsapp = whatsappOf(message);
      const center = await slotOf(centerNodeOf(RED, config.center)).center();
      await center.run('queueConversation', {
        queueId,
        conversationId: id,
        messageId: whatsapp?.direction === 'inbound' && typeof whatsapp.id === 'string' ? whatsapp.id : null,
        customer: identityOf(customer),
        attributes,
        tags,
      });
    });

    // The node that served the queue may be gone after the next deploy, which does not make this one anew.
    closing.add(
      registry.onStarted(() => {
        service.catch((error: unknown) => {
          if (!closing.closed && asCenterError(error).code === 'QUEUE_TAKEN') service = start(true);
        });
      }),
    );
    closing.add(() => service.then((served) => served.close()).catch(() => {}));
  }

  RED.nodes.registerType('notify-agent', NotifyAgent);
}
