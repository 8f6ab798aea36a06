(() => {
  const text = (key: string): string => RED._(`@twentyfour/node-red-whatsapp/contact-center:contact-center.invalid.${key}`);
  const isVariable = (value: unknown): boolean => /^\$\{[^}]+\}$/.test(String(value ?? ''));
  const isNumber = (value: unknown, lowest: number, highest: number): boolean => {
    const number = Number(value);
    return String(value).trim() !== '' && number >= lowest && number <= highest;
  };
  const isWebAddress = (value: string): boolean => /^https?:\/\/[^\s?#]+$/.test(value);

  RED.nodes.registerType('contact-center', {
    category: 'config',
    defaults: {
      name: { value: '' },
      file: {
        value: '',
        validate(value) {
          let taken = false;
          RED.nodes.eachConfig((node) => {
            if (node.type === 'contact-center' && node.id !== this.id && String(node.file ?? '') === String(value ?? ''))
              taken = true;
          });
          return taken ? text('fileTaken') : true;
        },
      },
      path: {
        value: '/desk',
        validate: (value) => !value || isVariable(value) || /^(\/[A-Za-z0-9._~-]+)+\/?$/.test(value) || text('path'),
      },
      port: {
        value: '',
        validate: (value) => !value || isVariable(value) || isNumber(value, 1, 65535) || text('port'),
      },
      host: { value: '', validate: (value) => !value || isVariable(value) || /^[A-Za-z0-9.:_-]+$/.test(value) || text('host') },
      publicUrl: { value: '', validate: (value) => !value || isVariable(value) || isWebAddress(value) || text('publicUrl') },
      allowHttp: { value: false },
      sessionHours: {
        value: '24',
        validate: (value) => isVariable(value) || isNumber(value, 1, 24) || text('sessionHours'),
      },
      closingMinutes: {
        value: '60',
        validate: (value) => !value || isVariable(value) || isNumber(value, 0, 1439) || text('closingMinutes'),
      },
      disconnectedMinutes: {
        value: '30',
        validate: (value) => !value || isVariable(value) || isNumber(value, 0, 10_080) || text('disconnectedMinutes'),
      },
      version: { value: 1 },
    },
    credentials: { supervisorUsername: { type: 'text' }, supervisorPassword: { type: 'password' } },
    label() {
      return this.name || this._('contact-center.palette');
    },
    oneditprepare() {
      const showHost = (): void => {
        $('.contact-center-host').toggle($('#node-config-input-port').val().trim() !== '');
      };
      $('#node-config-input-port').on('input', showHost);
      showHost();
    },
  });
})();
