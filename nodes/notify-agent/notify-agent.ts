import { CenterError } from '../../lib/domain/errors.ts';
import { offeringOf } from '../../lib/node-red/centers/queue-offering.ts';
import type { OfferingConfig } from '../../lib/node-red/centers/queue-offering.ts';
import { serveQueue } from '../../lib/node-red/centers/queue-service.ts';
import type { QueueService } from '../../lib/node-red/centers/queue-service.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import { takeConversationInput } from '../../lib/node-red/commands/conversation-input.ts';
import { centerNodeOf, isCenterProblem, onCenterRecovery, slotOf } from '../../lib/node-red/config-nodes.ts';
import { textOf } from '../../lib/node-red/config-values.ts';
import { asCenterError } from '../../lib/node-red/health.ts';
import { isWired, onInput } from '../../lib/node-red/on-input.ts';
import { registryOf } from '../../lib/node-red/registry.ts';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';

interface NotifyAgentConfig extends NodeConfig, OfferingConfig {
  center?: unknown;
  queue?: unknown;
}

/** `notify-agent`: offers conversations to agents; what agents write (1), what happens to conversations (2). */
export default function (RED: RuntimeApi): void {
  const registry = registryOf(RED);

  function NotifyAgent(this: RuntimeNode, config: NotifyAgentConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);
    const queueName = textOf(config.queue);
    const arrivals = registry.arrivalsOf(this.id);
    let waiting = 0;

    const showWaiting = (): void => status.show(waiting === 0 ? 'nobodyWaiting' : 'waiting', { count: waiting });

    const serve = async (): Promise<QueueService> => {
      if (queueName === '') throw new CenterError('QUEUE_MISSING', 'Give the queue a name.');
      const slot = slotOf(centerNodeOf(RED, config.center));
      const served = await serveQueue({
        slot,
        nodeId: this.id,
        queueName,
        offering: offeringOf(config),
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
      const center = await slotOf(centerNodeOf(RED, config.center)).center();
      await takeConversationInput({ center, queueId, node: this, arrivals }, message);
    });

    const startAgain = (because: (problem: CenterError) => boolean): void => {
      const failed = service;
      failed.catch((error: unknown) => {
        if (!closing.closed && service === failed && because(asCenterError(error))) service = start(true);
      });
    };
    // The node that served the queue may be gone after the next deploy, which does not make this one anew.
    closing.add(registry.onStarted(() => startAgain(({ code }) => code === 'QUEUE_TAKEN')));
    closing.add(onCenterRecovery(RED, config.center, () => startAgain(() => true)));
    closing.add((removed) => {
      if (removed) registry.forgetArrivals(this.id);
    });
    closing.add(() => service.then((served) => served.close()).catch(() => {}));
  }

  RED.nodes.registerType('notify-agent', NotifyAgent);
}
