(() => {
  const text = (key: string, values?: Record<string, unknown>): string =>
    RED._(`@twentyfour/node-red-whatsapp/notify-agent:notify-agent.invalid.${key}`, values);
  const isVariable = (value: string): boolean => /^\$\{[^}]+\}$/.test(value);

  RED.nodes.registerType('notify-agent', {
    category: 'WhatsApp',
    color: 'rgb(167, 217, 186)',
    icon: 'notify-agent.svg',
    inputs: 1,
    outputs: 2,
    defaults: {
      name: { value: '' },
      center: { value: '', type: 'contact-center', required: true },
      queue: {
        value: 'Support',
        required: true,
        validate(value) {
          if (value.trim() === '') return text('queue');
          let taken = false;
          RED.nodes.eachNode((node) => {
            if (node.type === 'notify-agent' && node.id !== this.id && node.center === this.center && node.queue === value)
              taken = true;
          });
          return taken ? text('queueTaken') : true;
        },
      },
      offerSeconds: {
        value: '120',
        required: true,
        validate(value) {
          const seconds = Number(value);
          return isVariable(String(value)) || (seconds >= 5 && seconds <= 3600) || text('offerSeconds');
        },
      },
      version: { value: 1 },
    },
    paletteLabel() {
      return this._('notify-agent.palette');
    },
    label() {
      return this.name || `${this._('notify-agent.palette')}: ${String(this.queue ?? '')}`;
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    outputLabels(index) {
      return this._(`notify-agent.output.${index + 1}`);
    },
  });
})();
