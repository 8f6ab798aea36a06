import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { EXAMPLES, NODE_TYPES } from '../support/contents.ts';
import { exampleFlow } from '../support/demo.ts';
import { Scene } from './scene.ts';
import { keepPicture } from './support.ts';

/** What the editor's own `RED` is asked, as text because it runs in the page. */
const PROBLEMS = `(() => {
  const bad = [];
  const look = (node) => { if (node.valid === false) bad.push(node.type + ': ' + JSON.stringify(node.validationErrors)); };
  RED.nodes.eachNode(look);
  RED.nodes.eachConfig(look);
  return bad;
})()`;

for (const version of [4, 5] as const) {
  describe(`the editor of Node-RED ${version === 4 ? '4.1' : '5'}`, () => {
    let scene: Scene;
    let editor: Page;

    before(async () => {
      scene = await Scene.open(exampleFlow(EXAMPLES[0]!), { version });
      editor = await scene.arrive(scene.demo.editor);
      await editor.locator('.red-ui-flow-node').first().waitFor();
    });

    after(() => scene?.close());

    it('shows the first example without a mistake', async () => {
      expect(await editor.evaluate(PROBLEMS)).to.deep.equal([]);
      await keepPicture(editor, `editor-${version}-flow`);
    });

    it('imports every example, with no mistake and the config nodes only once', async () => {
      for (const name of EXAMPLES.slice(1)) {
        const nodes = JSON.stringify(
          exampleFlow(name).filter((node) => !['contact-center', 'whatsapp-account'].includes(node.type)),
        );
        await editor.evaluate(`RED.view.importNodes(${nodes}, { generateIds: false, addFlow: false, notify: false })`);
        const tab = exampleFlow(name).find((node) => node.type === 'tab')!.id;
        await editor.evaluate(`RED.workspaces.show('${tab}')`);
        await editor.locator('.red-ui-flow-node').first().waitFor();
        await keepPicture(editor, `editor-${version}-${name.slice(0, 2)}`);
      }
      await editor.evaluate(`RED.workspaces.show('${exampleFlow(EXAMPLES[0]!).find((node) => node.type === 'tab')!.id}')`);
      expect(await editor.evaluate(PROBLEMS)).to.deep.equal([]);
      const configs = await editor.evaluate(
        `(() => { const all = []; RED.nodes.eachConfig((node) => { all.push(node.type); }); return all; })()`,
      );
      expect(configs).to.have.members(['contact-center', 'whatsapp-account']);
    });

    for (const type of NODE_TYPES) {
      it(`opens the dialog of ${type}, every text in its place`, async () => {
        const isConfig = type === 'whatsapp-account' || type === 'contact-center';
        await editor.evaluate(
          isConfig
            ? `(() => { let found; RED.nodes.eachConfig((node) => { if (node.type === '${type}') found = node; }); RED.editor.editConfig('', '${type}', found.id); })()`
            : `(() => { let found; RED.nodes.eachNode((node) => { if (node.type === '${type}') found = found || node; }); RED.editor.edit(found); })()`,
        );
        const tray = editor.locator('.red-ui-tray').last();
        await tray.locator('.form-row').first().waitFor();
        // A trial click waits until the dialog has come to rest.
        await tray.getByRole('button', { name: 'Cancel' }).click({ trial: true });
        await keepPicture(editor, `editor-${version}-${type}`);
        const texts = await tray.locator('label, option, .form-tips, button, legend').allInnerTexts();
        expect(texts.join(' ').length).to.be.above(20);
        expect(texts.filter((text) => /^[\w-]+(\.[\w-]+)+$/.test(text.trim()))).to.deep.equal([]);
        const unlabelled = await tray.locator('input:visible, select:visible, textarea:visible').evaluateAll((controls) =>
          controls
            .filter((control) => {
              const input = control as unknown as { labels?: { length: number }; getAttribute(name: string): string | null };
              return !input.labels?.length && !input.getAttribute('aria-label') && !input.getAttribute('aria-labelledby');
            })
            .map((control) => (control as unknown as { outerHTML: string }).outerHTML),
        );
        expect(unlabelled.filter((html) => html.includes('node-'))).to.deep.equal([]);
        await tray.getByRole('button', { name: 'Cancel' }).click();
        await editor.locator('.red-ui-tray').waitFor({ state: 'detached' });
      });
    }

    it('tries the account’s connection, lists its sender, connects it and takes that back', async () => {
      await editor.evaluate(
        `(() => { let found; RED.nodes.eachConfig((node) => { if (node.type === 'whatsapp-account') found = node; }); RED.editor.editConfig('', 'whatsapp-account', found.id); })()`,
      );
      const tray = editor.locator('.red-ui-tray').last();
      const checks = tray.locator('#whatsapp-account-checks li');
      const targets = tray.locator('#whatsapp-account-targets');
      await tray.getByRole('button', { name: 'Test connection' }).click();
      await checks.nth(1).waitFor();
      expect(await checks.allInnerTexts()).to.deep.equal(['Auth token: fine', 'Sender: fine']);
      await tray.getByRole('button', { name: 'Choose', exact: true }).click();
      await tray.getByLabel('Senders').waitFor();
      expect(await tray.getByLabel('Senders').locator('option').count()).to.equal(2);
      await tray.getByRole('button', { name: 'Connect', exact: true }).click();
      await targets.getByText('leads here', { exact: false }).waitFor();
      await keepPicture(editor, `editor-${version}-account-connected`);
      await tray.getByRole('button', { name: 'Undo' }).click();
      await targets.getByText('does not lead here').waitFor();
      expect(await tray.getByRole('button', { name: 'Undo' }).isVisible()).to.equal(false);
      await tray.getByRole('button', { name: 'Cancel' }).click();
      await editor.locator('.red-ui-tray').waitFor({ state: 'detached' });
    });

    it('chooses a template for late messages, shows what the customer will read, and keeps the values', async () => {
      await editor.evaluate(
        `(() => { let found; RED.nodes.eachNode((node) => { if (node.type === 'whatsapp-out') found = found || node; }); RED.editor.edit(found); })()`,
      );
      const tray = editor.locator('.red-ui-tray').last();
      await tray.getByLabel('Too late').selectOption('template');
      await tray.getByLabel('Templates').selectOption({ label: 'order_on_its_way · en · approved by WhatsApp' });
      const preview = tray.locator('#whatsapp-out-preview');
      await preview.getByText('order {{2}} is on its way').waitFor();
      await tray.locator('#whatsapp-out-variables .red-ui-typedInput-input').first().fill('Ada');
      await preview.getByText('Good news, Ada').waitFor();
      await keepPicture(editor, `editor-${version}-template`);
      await tray.getByRole('button', { name: 'Done' }).click();
      await editor.locator('.red-ui-tray').waitFor({ state: 'detached' });
      const saved = await editor.evaluate(
        `(() => { let found; RED.nodes.eachNode((node) => { if (node.type === 'whatsapp-out') found = found || node; }); return [found.outsideSession, found.template, found.templateVariables[0]]; })()`,
      );
      expect(saved).to.deep.equal(['template', 'HX24000000000000000000000000000002', { key: '1', value: 'Ada', type: 'str' }]);
    });

    it('has not complained', () => {
      expect(scene.complaints).to.deep.equal([]);
    });
  });
}
