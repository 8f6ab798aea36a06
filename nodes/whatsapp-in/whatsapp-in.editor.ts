RED.nodes.registerType('whatsapp-in', {
  category: 'WhatsApp',
  color: 'rgb(167, 217, 186)',
  icon: 'whatsapp-in.svg',
  inputs: 0,
  outputs: 2,
  defaults: {
    name: { value: '' },
    account: { value: '', type: 'whatsapp-account', required: true },
    quiet: { value: false },
    version: { value: 1 },
  },
  paletteLabel() {
    return this._('whatsapp-in.palette');
  },
  label() {
    return this.name || this._('whatsapp-in.palette');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  outputLabels(index) {
    return this._(`whatsapp-in.output.${index + 1}`);
  },
});
