import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { FLOW_EVENTS } from '../../../lib/domain/events.ts';
import { FLOW_COMMANDS } from '../../../lib/node-red/commands/flow-command.ts';
import { SHOWN_PROBLEMS } from '../../../lib/node-red/status.ts';
import { composeHtml, nodeTypes } from '../../../scripts/build-nodes.ts';
import { packageRoot } from '../../../scripts/paths.ts';

interface Definition {
  category: string;
  color?: string;
  icon?: string;
  outputs?: number;
  defaults: Record<string, { value?: unknown; validate?: (this: object, value: unknown) => boolean | string }>;
  [property: string]: unknown;
}

interface Editor {
  type: string;
  definition: Definition;
  /** Every text that was asked for. */
  texts: Set<string>;
}

/** Runs a node's editor code as the browser would. */
function editorOf(type: string, others: object[] = []): Editor {
  const script = /<script type="text\/javascript">([\s\S]*)<\/script>/.exec(composeHtml(type))![1]!;
  const editor = { texts: new Set<string>() } as Editor;
  const translate = (key: string): string => {
    editor.texts.add(key.replace(/^.*:/, ''));
    return key;
  };
  const visit = (see: (node: object) => void): void => others.forEach(see);
  const RED = {
    _: translate,
    nodes: {
      registerType: (name: string, definition: Definition) => Object.assign(editor, { type: name, definition }),
      eachNode: visit,
      eachConfig: visit,
    },
  };
  runInNewContext(script, { RED });
  return editor;
}

const catalogueOf = (type: string): Record<string, never> =>
  JSON.parse(readFileSync(join(packageRoot, 'nodes', type, 'locales', 'en-US', `${type}.json`), 'utf8')) as Record<string, never>;

function textOf(catalogue: object, key: string): unknown {
  return key.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], catalogue);
}

const PALETTE = ['whatsapp-in', 'session-guard', 'notify-agent', 'whatsapp-out', 'transcript-store'];

describe('the editor', () => {
  it('has a folder for each of the seven nodes', () => {
    expect(nodeTypes()).to.have.members([...PALETTE, 'whatsapp-account', 'contact-center']);
  });

  for (const type of nodeTypes()) {
    describe(type, () => {
      const html = composeHtml(type);
      const catalogue = catalogueOf(type);

      it('has an icon and a text before each control', () => {
        const labels = html.match(/<label[\s\S]*?<\/label>/g) ?? [];
        const bare = labels.filter(
          (label) => !/<i class="fa fa-[\w-]+"|type="checkbox"/.test(label) || !label.includes('<span data-i18n='),
        );
        expect([labels.length === 0, bare]).to.deep.equal([false, []]);
      });

      it('registers itself with icon and category', () => {
        const { type: registered, definition } = editorOf(type);
        expect(registered).to.equal(type);
        expect(definition.category).to.equal(PALETTE.includes(type) ? 'WhatsApp' : 'config');
        if (!PALETTE.includes(type)) return;
        expect(definition.icon).to.equal(`${type}.svg`);
        const icon = readFileSync(join(packageRoot, 'icons', `${type}.svg`), 'utf8');
        expect(icon)
          .to.match(/width="40" height="60"/)
          .and.not.match(/fill="(?!#fff")/);
        expect(textOf(catalogue, 'palette.label.WhatsApp')).to.equal('WhatsApp');
      });

      it('has every text that dialog and code ask for', () => {
        const { definition, texts } = editorOf(type);
        const node = { _: (key: string) => (texts.add(key), key) };
        for (const member of ['label', 'paletteLabel']) (definition[member] as (() => void) | undefined)?.call(node);
        for (let output = 0; output < (definition.outputs ?? 0); output += 1) {
          (definition.outputLabels as ((index: number) => void) | undefined)?.call(node, output);
        }
        for (const [, keys] of html.matchAll(/data-i18n="([^"]+)"/g))
          for (const key of keys!.split(';')) texts.add(key.replace(/^\[[^\]]+\]/, ''));
        for (const [, key] of html.matchAll(/_\('([\w.-]+)'/g)) texts.add(key!);
        for (const key of texts) expect(textOf(catalogue, key), key).to.be.a('string').and.not.equal('');
      });

      it('has a label for each field', () => {
        const fields = [...html.matchAll(/<(?:input|select)[^>]*? id="([^"]+)"/g)].map(([, id]) => id!);
        expect(fields).not.to.be.empty;
        for (const id of fields) expect(html, id).to.include(`for="${id}"`);
      });

      it('has a field for each property, and a property for each field', () => {
        const { definition } = editorOf(type);
        const prefix = PALETTE.includes(type) ? 'node-input-' : 'node-config-input-';
        const fields = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!).filter((id) => id.startsWith(prefix));
        const properties = [...Object.keys(definition.defaults), ...Object.keys((definition.credentials as object) ?? {})];
        // A list has rows of its own in the dialog.
        const isField = (name: string): boolean => name !== 'version' && !Array.isArray(definition.defaults[name]?.value);
        expect(fields.map((id) => id.slice(prefix.length))).to.have.members(properties.filter(isField));
      });

      it('uses the editor’s colours', () => {
        expect(html).not.to.match(/#[0-9a-f]{3,8}\b(?=[;"'])/i);
      });

      it('has help with inputs, outputs, details, errors and references', () => {
        const help = readFileSync(join(packageRoot, 'nodes', type, 'locales', 'en-US', `${type}.html`), 'utf8');
        expect(help).to.include(`data-help-name="${type}"`);
        for (const heading of ['Outputs', 'Details', 'Errors', 'References'])
          expect(help, heading).to.match(new RegExp(`<h3>[^<]*${heading}`));
        if (type !== 'whatsapp-in') expect(help).to.match(/<h3>Inputs/);
      });

      it('shows what its code can show', () => {
        const code = readFileSync(join(packageRoot, 'nodes', type, `${type}.ts`), 'utf8');
        for (const [, words] of code.matchAll(/status\.show\(([^;]*)\)/g)) {
          for (const [, word] of words!.matchAll(/'([a-zA-Z]+)'/g)) {
            if (word !== 'simulator' || type === 'whatsapp-account')
              expect(textOf(catalogue, `${type}.status.${word}`), word).to.be.a('string');
          }
        }
        const known: readonly string[] = SHOWN_PROBLEMS;
        const problems = Object.keys(textOf(catalogue, `${type}.status`) as object).filter((word) => word === word.toUpperCase());
        for (const word of problems) expect(known, word).to.include(word);
        expect(problems).to.include('STORE_UNAVAILABLE');
      });
    });
  }

  it('explains in notify-agent’s help every event that leaves it and every command it takes, and no other', () => {
    const help = readFileSync(join(packageRoot, 'nodes/notify-agent/locales/en-US/notify-agent.html'), 'utf8');
    const part = (heading: string): string[] =>
      [
        ...help
          .split(`<h3>${heading}</h3>`)[1]!
          .split('<h3>')[0]!
          .matchAll(/<dt>([\s\S]*?)<\/dt>/g),
      ].map(([, terms]) => terms!);
    const events = part('Events').flatMap((terms) => terms.split(', '));
    expect(events).to.have.members(FLOW_EVENTS as readonly string[] as string[]);
    const commands = part('Commands').flatMap((terms) => [...terms.matchAll(/type: "([\w-]+)"/g)].map(([, type]) => type!));
    expect(commands).to.have.members(FLOW_COMMANDS as readonly string[] as string[]);
  });

  describe('validators', () => {
    const check = (type: string, property: string, value: unknown, node: object = {}, others: object[] = []): boolean => {
      const { validate } = editorOf(type, others).definition.defaults[property]!;
      return validate!.call({ id: 'me', ...node }, value) === true;
    };

    it('know addresses, SIDs and ranges, and let environment variables pass', () => {
      expect(check('whatsapp-account', 'sender', 'whatsapp:+15551234567')).to.equal(true);
      expect(check('whatsapp-account', 'sender', '0049 123')).to.equal(false);
      expect(check('whatsapp-account', 'sender', '', { messagingServiceSid: 'MG' })).to.equal(true);
      expect(check('whatsapp-account', 'sender', '', { mode: 'simulator' })).to.equal(true);
      expect(check('whatsapp-account', 'sender', '')).to.equal(false);
      expect(check('whatsapp-account', 'accountSid', `AC${'a'.repeat(32)}`)).to.equal(true);
      expect(check('whatsapp-account', 'accountSid', 'AC1')).to.equal(false);
      expect(check('whatsapp-account', 'publicUrl', '')).to.equal(false);
      expect(check('whatsapp-account', 'publicUrl', '', { mode: 'simulator' })).to.equal(true);
      expect(check('contact-center', 'sessionHours', '24')).to.equal(true);
      expect(check('contact-center', 'sessionHours', '25')).to.equal(false);
      expect(check('contact-center', 'port', '')).to.equal(true);
      expect(check('contact-center', 'port', '70000')).to.equal(false);
      expect(check('notify-agent', 'offerSeconds', '2')).to.equal(false);
      for (const seconds of ['', '0', '30', '3600'])
        expect(check('notify-agent', 'wrapUpSeconds', seconds), seconds).to.equal(true);
      for (const seconds of ['10', '4000', 'x']) expect(check('notify-agent', 'wrapUpSeconds', seconds), seconds).to.equal(false);
      expect(check('notify-agent', 'waitingCloseHours', '')).to.equal(true);
      expect(check('notify-agent', 'waitingCloseHours', '0')).to.equal(false);
      for (const [type, property] of [
        ['whatsapp-account', 'accountSid'],
        ['whatsapp-account', 'path'],
        ['contact-center', 'port'],
        ['notify-agent', 'offerSeconds'],
      ] as const) {
        expect(check(type, property, '${FROM_ENVIRONMENT}'), property).to.equal(true);
      }
    });

    it('see paths, files and queues that are taken', () => {
      const account = [{ id: 'other', type: 'whatsapp-account', path: '/whatsapp' }];
      expect(check('whatsapp-account', 'path', '/whatsapp', {}, account)).to.equal(false);
      expect(check('whatsapp-account', 'path', '/whatsapp2', {}, account)).to.equal(true);
      expect(check('contact-center', 'file', '', {}, [{ id: 'other', type: 'contact-center', file: '' }])).to.equal(false);
      const queue = [{ id: 'other', type: 'notify-agent', center: 'c', queue: 'Support' }];
      expect(check('notify-agent', 'queue', 'Support', { center: 'c' }, queue)).to.equal(false);
      expect(check('notify-agent', 'queue', 'Support', { center: 'd' }, queue)).to.equal(true);
    });
  });
});
