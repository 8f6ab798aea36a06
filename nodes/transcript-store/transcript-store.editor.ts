RED.nodes.registerType('transcript-store', {
  category: 'WhatsApp',
  color: 'rgb(167, 217, 186)',
  icon: 'transcript-store.svg',
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: '' },
    center: { value: '', type: 'contact-center', required: true },
    operation: { value: 'store', required: true },
    format: { value: 'json' },
    version: { value: 1 },
  },
  paletteLabel() {
    return this._('transcript-store.palette');
  },
  label() {
    const operation = String(this.operation ?? 'store');
    return (
      this.name ||
      (operation === 'store' ? this._('transcript-store.palette') : this._(`transcript-store.operation.${operation}`))
    );
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const showFormat = (): void => {
      const operation = $('#node-input-operation').val();
      $('.transcript-store-format').toggle(operation === 'export');
      $('#transcript-store-tip').text(this._(`transcript-store.tip.${operation}`));
    };
    $('#node-input-operation').on('change', showFormat);
    showFormat();
  },
});
