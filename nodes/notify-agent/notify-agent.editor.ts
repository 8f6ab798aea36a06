(() => {
  const text = (key: string, values?: Record<string, unknown>): string =>
    RED._(`@twentyfour/node-red-whatsapp/notify-agent:notify-agent.invalid.${key}`, values);
  const isVariable = (value: unknown): boolean => /^\$\{[^}]+\}$/.test(String(value ?? ''));
  const isWithin = (value: unknown, lowest: number, highest: number): boolean =>
    isVariable(value) || (Number(value) >= lowest && Number(value) <= highest);

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
        validate: (value) => isWithin(value, 5, 3600) || text('offerSeconds'),
      },
      strategy: { value: 'all' },
      keepAgent: { value: true },
      wrapUpSeconds: {
        value: '',
        validate(value) {
          const given = String(value ?? '').trim();
          return given === '' || given === '0' || isWithin(given, 30, 3600) || text('wrapUpSeconds');
        },
      },
      waitingCloseHours: {
        value: '72',
        validate: (value) => String(value ?? '') === '' || isWithin(value, 1, 720) || text('waitingCloseHours'),
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
    oneditprepare() {
      const strategy = $('#node-input-strategy');
      const kind = $('#notify-agent-wrapUp');
      const seconds = $('#node-input-wrapUpSeconds');
      const showStrategy = (): void => {
        $('#notify-agent-tip').text(this._(`notify-agent.tip.${strategy.val()}`));
      };
      // The kind is no property: it is how the seconds are read.
      const showSeconds = (): void => {
        $('.notify-agent-wrapUp-seconds').toggle(kind.val() === 'timed');
      };
      if (!strategy.val()) strategy.val('all');
      const given = seconds.val().trim();
      kind.val(given === '' ? 'block' : given === '0' ? 'free' : 'timed');
      kind.on('change', () => {
        seconds.val({ block: '', free: '0' }[kind.val()] ?? '120');
        seconds.trigger('change');
        showSeconds();
      });
      strategy.on('change', showStrategy);
      showStrategy();
      showSeconds();
    },
  });
})();
