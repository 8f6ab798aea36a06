RED.nodes.registerType('session-guard', {
  category: 'WhatsApp',
  color: 'rgb(167, 217, 186)',
  icon: 'session-guard.svg',
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: '' },
    center: { value: '', type: 'contact-center', required: true },
    limitMessage: { value: '' },
    version: { value: 1 },
  },
  paletteLabel() {
    return this._('session-guard.palette');
  },
  label() {
    return this.name || this._('session-guard.palette');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  outputLabels(index) {
    return this._(`session-guard.output.${index + 1}`);
  },
});
