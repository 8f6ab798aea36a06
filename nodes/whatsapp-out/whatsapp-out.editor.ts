RED.nodes.registerType('whatsapp-out', {
  category: 'WhatsApp',
  color: 'rgb(167, 217, 186)',
  icon: 'whatsapp-out.svg',
  align: 'right',
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: '' },
    account: { value: '', type: 'whatsapp-account', required: false },
    version: { value: 1 },
  },
  paletteLabel() {
    return this._('whatsapp-out.palette');
  },
  label() {
    return this.name || this._('whatsapp-out.palette');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  outputLabels(index) {
    return this._(`whatsapp-out.output.${index + 1}`);
  },
});
