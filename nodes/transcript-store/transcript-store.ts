import { EXPORT_FORMATS } from '../../lib/center/export/formats.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import { centerNodeOf, slotOf } from '../../lib/node-red/config-nodes.ts';
import { choiceOf } from '../../lib/node-red/config-values.ts';
import { onInput } from '../../lib/node-red/on-input.ts';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';
import { OPERATIONS, WORK } from '../../lib/node-red/centers/transcripts.ts';

interface TranscriptStoreConfig extends NodeConfig {
  center?: unknown;
  operation?: unknown;
  format?: unknown;
}

/** `transcript-store`: keeps what passes, or gets, searches, exports and erases transcripts. */
export default function (RED: RuntimeApi): void {
  function TranscriptStore(this: RuntimeNode, config: TranscriptStoreConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);
    const work = WORK[choiceOf(config.operation, OPERATIONS)];
    const format = choiceOf(config.format, EXPORT_FORMATS);

    onInput(this, async (message, send) => {
      const center = await slotOf(centerNodeOf(RED, config.center)).center();
      await work(center, message, format);
      send(message);
    });

    closing.add(status.followNamed(() => centerNodeOf(RED, config.center).health));
  }

  RED.nodes.registerType('transcript-store', TranscriptStore);
}
