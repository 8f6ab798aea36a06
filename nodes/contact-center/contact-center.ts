import type { CenterError } from '../../lib/domain/errors.ts';
import { centerSettings, deskSettings, serveDesk } from '../../lib/node-red/centers/center-service.ts';
import type { CenterSlot } from '../../lib/node-red/centers/center-slot.ts';
import type { CenterConfig, CenterCredentials } from '../../lib/node-red/centers/center-service.ts';
import { Closing } from '../../lib/node-red/closing.ts';
import type { ContactCenterNode } from '../../lib/node-red/config-nodes.ts';
import { numberOf } from '../../lib/node-red/config-values.ts';
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
    let ahead: number | null = null;
    const showReady = (): void => (ahead === null ? status.show('ready') : status.show('clockAhead', { minutes: ahead }));
    closing.add(status.follow(this.health, showReady));
    const watchClock = (slot: CenterSlot): void => {
      const before = ahead;
      ahead = slot.clockAheadMinutes;
      if (ahead === before) return;
      if (before === null) this.warn(RED._('contact-center.warning.clockAhead', { minutes: ahead }));
      showReady();
    };

    const claim = (): void => {
      const slot = registry.claimCenter(this.id, centerSettings(config, RED.settings.userDir ?? process.cwd()));
      this.slot = slot;
      closing.add(() => {
        slot.holder = null;
      });
      closing.add(slot.onTick(() => watchClock(slot)));
      closing.add(
        slot.onUnentered((error, id) => this.error(RED._('contact-center.error.unentered', { id, reason: String(error) }))),
      );
      closing.add(
        slot.health.follow((problem) => {
          this.health.set(problem);
          if (problem !== null) this.error(problem);
        }),
      );
    };
    const fail = (error: unknown): void => {
      const problem = asCenterError(error);
      if (problem.code !== this.health.problem?.code) this.error(problem);
      this.health.set(problem);
    };
    let deskProblem: CenterError | null = null;
    // Without a desk the flows still have their store, so nobody else is told.
    const serve = async (): Promise<void> => {
      if (this.slot === null) return;
      try {
        const settings = deskSettings(config, (this.credentials ?? {}) as CenterCredentials);
        if (!(await serveDesk(RED, registry, this.slot, settings, () => closing.closed))) return;
        deskProblem = null;
        status.clearProblem();
        showReady();
      } catch (error) {
        const problem = asCenterError(error);
        if (problem.code !== deskProblem?.code) this.error(problem);
        deskProblem = problem;
        status.showProblem(problem.code);
      }
    };

    try {
      claim();
      void serve();
    } catch (error) {
      fail(error);
    }
    warnOfSurroundings(RED, this, config);
    closing.add(this.health.onRecovery(() => void serve()));
    // Whoever had the file or the path may be gone after the next deploy, which does not make this node anew.
    closing.add(
      registry.onStarted(() => {
        if (this.slot !== null) return;
        try {
          claim();
        } catch (error) {
          fail(error);
        }
      }),
    );
    closing.add(
      registry.host.onFreed(() => {
        if (deskProblem?.code === 'PATH_TAKEN') void serve();
      }),
    );
  }

  RED.nodes.registerType('contact-center', ContactCenter, {
    credentials: { supervisorUsername: { type: 'text' }, supervisorPassword: { type: 'password' } },
  });
}

/** Says once per deploy what about Node-RED's own settings is in the way of the desk, or of its safety. */
function warnOfSurroundings(RED: RuntimeApi, node: ContactCenterNode, config: CenterConfig): void {
  if (numberOf(config.port, { fallback: 0, min: 0, max: 65_535 }) > 0) return;
  const { httpNodeRoot, httpAdminRoot, httpNodeAuth } = RED.settings;
  if (httpNodeRoot === false) return node.warn(RED._('contact-center.warning.notServed'));
  // A script that got into the desk would act as the editor's user where both are one browser origin.
  if (httpAdminRoot !== false) node.warn(RED._('contact-center.warning.sharedOrigin'));
  if (httpNodeAuth) node.warn(RED._('contact-center.warning.httpNodeAuth'));
}
