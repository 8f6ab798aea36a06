import type { Center } from '../../lib/center/center.ts';
import { centerSettings, deskSettings, serveDesk } from '../../lib/node-red/centers/center-service.ts';
import type { CenterConfig, CenterCredentials } from '../../lib/node-red/centers/center-service.ts';
import type { CenterSlot } from '../../lib/node-red/centers/center-slot.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import type { ContactCenterNode } from '../../lib/node-red/config-nodes.ts';
import { asCenterError, Health } from '../../lib/node-red/health.ts';
import { registryOf } from '../../lib/node-red/registry.ts';
import type { RuntimeApi } from '../../lib/node-red/runtime-api.ts';
import { StatusLine } from '../../lib/node-red/status.ts';

/** `contact-center`: the store, its clock, and the desk on which agents work. */
export default function (RED: RuntimeApi): void {
  const registry = registryOf(RED);

  function ContactCenter(this: ContactCenterNode, config: CenterConfig): void {
    RED.nodes.createNode(this, config);
    this.health = new Health();
    this.slot = null;
    const status = new StatusLine(RED, this);
    const closing = new Closing(this);
    closing.add(status.follow(this.health, () => status.show('ready')));

    const fail = (error: unknown): void => {
      const problem = asCenterError(error);
      this.health.set(problem);
      this.error(problem);
    };
    const start = async (): Promise<void> => {
      const slot = registry.claimCenter(this.id, centerSettings(config, RED.settings.userDir ?? process.cwd()));
      this.slot = slot;
      closing.add(() => {
        slot.holder = null;
      });
      closing.add(
        slot.health.follow((problem) => {
          this.health.set(problem);
          if (problem !== null) this.error(problem);
        }),
      );
      const center = await slot.center().catch(() => null);
      if (center !== null && !closing.closed) await openDesk(slot, center);
    };
    // Without a desk the flows still have their store, so nobody else is told.
    const openDesk = async (slot: CenterSlot, center: Center): Promise<void> => {
      try {
        const settings = deskSettings(config, (this.credentials ?? {}) as CenterCredentials);
        await serveDesk(RED, registry, slot, center, settings);
        if (settings.port === 0) warnOfSharedOrigin(RED, this);
      } catch (error) {
        const problem = asCenterError(error);
        status.showProblem(problem.code);
        this.error(problem);
      }
    };
    start().catch(fail);
  }

  RED.nodes.registerType('contact-center', ContactCenter, {
    credentials: { supervisorUsername: { type: 'text' }, supervisorPassword: { type: 'password' } },
  });
}

/** A script that got into the desk would act as the editor's user where both are one browser origin. */
function warnOfSharedOrigin(RED: RuntimeApi, node: ContactCenterNode): void {
  const editor = (RED.settings as { httpAdminRoot?: string | false }).httpAdminRoot !== false;
  if (editor) node.warn(RED._('contact-center.warning.sharedOrigin'));
  if (RED.settings.httpNodeAuth) node.warn(RED._('contact-center.warning.httpNodeAuth'));
}
