import { Closing } from '../../lib/node-red/closing.ts';
import { centerNodeOf, slotOf } from '../../lib/node-red/config-nodes.ts';
import { textOf } from '../../lib/node-red/config-values.ts';
import { SessionGuard } from '../../lib/node-red/centers/guard.ts';
import { onInput } from '../../lib/node-red/on-input.ts';
import { registryOf } from '../../lib/node-red/registry.ts';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';

interface SessionGuardConfig extends NodeConfig {
  center?: unknown;
  limitMessage?: unknown;
}

/** `session-guard`: within the session window (1), past the 24 hour limit (2). */
export default function (RED: RuntimeApi): void {
  const registry = registryOf(RED);

  function SessionGuardNode(this: RuntimeNode, config: SessionGuardConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);

    const guard = new SessionGuard({
      slot: () => slotOf(centerNodeOf(RED, config.center)),
      onlySender: () => {
        const accounts = registry.accountsOf(slotOf(centerNodeOf(RED, config.center)));
        return accounts.length === 1 ? (accounts[0]!.account?.sender ?? null) : null;
      },
      limitMessage: textOf(config.limitMessage),
    });

    onInput(this, (message, send) => {
      const waiting = guard.check(message);
      if (waiting === undefined) send(message);
      else return waiting.then(() => send(message));
    });

    closing.add(status.followNamed(() => centerNodeOf(RED, config.center).health));
  }

  RED.nodes.registerType('session-guard', SessionGuardNode);
}
