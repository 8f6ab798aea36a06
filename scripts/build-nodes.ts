/**
 * Composes what Node-RED's editor loads for each node, beside its compiled runtime in `dist/nodes/<type>/`: one html file
 * from dialog and editor code, its texts and help in every language, and its icon where Node-RED looks for it.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { packageRoot } from './paths.ts';

const source = path.join(packageRoot, 'nodes');
const target = path.join(packageRoot, 'dist', 'nodes');

/** Every node is a folder of its own name. */
export function nodeTypes(): string[] {
  return readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/**
 * The html file of a node.
 * @throws Error when a part is missing or its editor code does not register the type with a literal
 */
export function composeHtml(type: string): string {
  const form = withIcons(readFileSync(path.join(source, type, `${type}.form.html`), 'utf8').trimEnd());
  const script = editorScript(type, readFileSync(path.join(source, type, `${type}.editor.ts`), 'utf8'));
  const style = readFileSync(path.join(source, 'form.css'), 'utf8').trimEnd();
  return `<script type="text/html" data-template-name="${type}">
  <div class="whatsapp-form">
${indent(indent(form))}
  </div>
</script>

<style>
${indent(style)}
</style>

<script type="text/javascript">
${indent(script)}
</script>
`;
}

/** Puts an icon before the text of each label that names one in `data-icon`, as all dialogs of Node-RED have it. */
function withIcons(form: string): string {
  return form.replaceAll(
    /<label\s+for="([^"]+)"\s+data-icon="([^"]+)"\s+data-i18n="([^"]+)"\s*><\/label>/g,
    '<label for="$1"><i class="fa fa-$2" aria-hidden="true"></i> <span data-i18n="$3"></span></label>',
  );
}

/** Takes the types away and nothing else: what runs in the browser is what was written. */
function editorScript(type: string, code: string): string {
  // The flow library reads these from the text, so they must stand there as they are.
  if (!code.includes(`RED.nodes.registerType('${type}', {`)) {
    throw new Error(`${type}.editor.ts must hold a literal RED.nodes.registerType('${type}', { … }).`);
  }
  const { outputText, diagnostics = [] } = ts.transpileModule(code, {
    fileName: `${type}.editor.ts`,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2020,
      module: ts.ModuleKind.ESNext,
      moduleDetection: ts.ModuleDetectionKind.Legacy,
    },
  });
  if (diagnostics.length > 0) {
    throw new Error(
      `${type}.editor.ts: ${diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('; ')}`,
    );
  }
  const script = outputText.replace(/^"use strict";\s*/, '').trimEnd();
  if (script.includes('</script')) throw new Error(`${type}.editor.ts must not hold the end of a script element.`);
  return script;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function buildNode(type: string): void {
  const folder = path.join(target, type);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${type}.html`), composeHtml(type));
  cpSync(path.join(source, type, 'locales'), path.join(folder, 'locales'), { recursive: true });
  const icon = path.join(packageRoot, 'icons', `${type}.svg`);
  if (existsSync(icon)) cpSync(icon, path.join(folder, 'icons', `${type}.svg`));
  else if (composeHtml(type).includes(`icon: '${type}.svg'`)) throw new Error(`icons/${type}.svg is missing.`);
}

/** Builds the editor's part of every node. */
export function buildNodes(): void {
  for (const type of nodeTypes()) buildNode(type);
}

if (import.meta.main ?? process.argv[1]?.endsWith('build-nodes.ts')) buildNodes();
