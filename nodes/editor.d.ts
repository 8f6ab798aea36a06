/** The part of Node-RED's editor that our dialogs use. Their code runs in the browser as it stands, without imports. */

interface EditorProperty {
  value?: string | boolean | number | unknown[];
  type?: string;
  required?: boolean;
  label?: string;
  /** True when the value is fine, else what is wrong with it. */
  validate?(this: EditorNode, value: string, options?: unknown): boolean | string;
}

interface EditorNode {
  id: string;
  type: string;
  name: string;
  [property: string]: unknown;
  _(key: string, values?: Record<string, unknown>): string;
}

interface EditorDefinition {
  category: string;
  color?: string;
  icon?: string;
  align?: 'left' | 'right';
  inputs?: number;
  outputs?: number;
  defaults: Record<string, EditorProperty>;
  credentials?: Record<string, { type: 'text' | 'password' }>;
  paletteLabel?(this: EditorNode): string;
  label(this: EditorNode): string;
  labelStyle?(this: EditorNode): string;
  inputLabels?(this: EditorNode, index: number): string;
  outputLabels?(this: EditorNode, index: number): string;
  oneditprepare?(this: EditorNode): void;
  oneditsave?(this: EditorNode): void;
}

interface EditorElement {
  val(): string;
  val(value: string): EditorElement;
  text(value: string): EditorElement;
  attr(name: string, value: string): EditorElement;
  prop(name: string, value: boolean): EditorElement;
  toggle(shown: boolean): EditorElement;
  on(event: string, listener: (event: Event) => void): EditorElement;
  trigger(event: string): EditorElement;
  append(child: EditorElement): EditorElement;
  empty(): EditorElement;
  typedInput(options: { default: string; types: string[] }): EditorElement;
  typedInput(name: 'value' | 'type'): string;
  typedInput(name: 'value' | 'type', value: string): EditorElement;
}

declare const $: {
  (selector: string): EditorElement;
  getJSON(url: string, done: (answer: Record<string, string | null>) => void): { fail(failed: () => void): void };
  ajax(request: {
    url: string;
    type: 'POST' | 'GET';
    contentType?: string;
    data?: string;
    success(answer: unknown): void;
    error(): void;
  }): void;
};

declare const RED: {
  nodes: {
    registerType(type: string, definition: EditorDefinition): void;
    eachConfig(visit: (node: EditorNode) => boolean | void): void;
    eachNode(visit: (node: EditorNode) => boolean | void): void;
    node(id: string): EditorNode | null;
  };
  settings: { httpNodeRoot: string };
  clipboard: { copyText(text: string, element: EditorElement, message: string): void };
  _(key: string, values?: Record<string, unknown>): string;
};
