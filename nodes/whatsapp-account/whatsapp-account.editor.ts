(() => {
  const text = (key: string): string => RED._(`@twentyfour/node-red-whatsapp/whatsapp-account:whatsapp-account.invalid.${key}`);
  const isVariable = (value: unknown): boolean => /^\$\{[^}]+\}$/.test(String(value ?? ''));
  const isSid = (value: string, prefix: string): boolean => new RegExp(`^${prefix}[0-9a-fA-F]{32}$`).test(value);
  const isWebAddress = (value: string): boolean => /^https?:\/\/[^\s?#]+$/.test(value);
  const isAddress = (value: string): boolean => /^(whatsapp:)?(\+\d{5,15}|[A-Z]{2}\.[A-Za-z0-9.]{1,128})$/.test(value);
  const isSimulator = (node: EditorNode): boolean => node.mode === 'simulator';

  /** "/whatsapp", or the first one after it that no other account has. */
  const freePath = (id: string): string => {
    const taken = new Set<string>();
    RED.nodes.eachConfig((node) => {
      if (node.type === 'whatsapp-account' && node.id !== id) taken.add(String(node.path ?? ''));
    });
    let path = '/whatsapp';
    for (let number = 2; taken.has(path); number += 1) path = `/whatsapp${number}`;
    return path;
  };

  RED.nodes.registerType('whatsapp-account', {
    category: 'config',
    defaults: {
      name: { value: '' },
      mode: { value: 'twilio', required: true },
      center: { value: '', type: 'contact-center', required: true },
      accountSid: {
        value: '',
        validate(value) {
          return isSimulator(this) || isVariable(value) || isSid(value ?? '', 'AC') || text('accountSid');
        },
      },
      sender: {
        value: '',
        validate(value) {
          if (!value) return isSimulator(this) || Boolean(this.messagingServiceSid) || text('senderMissing');
          return isVariable(value) || isAddress(value) || text('sender');
        },
      },
      messagingServiceSid: {
        value: '',
        validate: (value) => !value || isVariable(value) || isSid(value, 'MG') || text('messagingServiceSid'),
      },
      publicUrl: {
        value: '',
        validate(value) {
          if (!value) return isSimulator(this) || text('publicUrlMissing');
          return isVariable(value) || isWebAddress(value) || text('publicUrl');
        },
      },
      path: {
        value: '/whatsapp',
        validate(value) {
          if (value && !isVariable(value) && !/^(\/[A-Za-z0-9._~-]+)+\/?$/.test(value)) return text('path');
          let taken = false;
          RED.nodes.eachConfig((node) => {
            const path = String(node.path || '/whatsapp');
            if (node.type === 'whatsapp-account' && node.id !== this.id && path === (value || '/whatsapp')) taken = true;
          });
          return taken ? text('pathTaken') : true;
        },
      },
      edge: { value: '', validate: (value) => !value || isVariable(value) || /^[a-z-]+$/.test(value) || text('edge') },
      region: { value: '', validate: (value) => !value || isVariable(value) || /^[a-z]{2}\d$/.test(value) || text('region') },
      apiBaseUrl: { value: '', validate: (value) => !value || isVariable(value) || isWebAddress(value) || text('apiBaseUrl') },
      version: { value: 1 },
    },
    credentials: {
      authToken: { type: 'password' },
      secondaryAuthToken: { type: 'password' },
      apiKeySid: { type: 'text' },
      apiKeySecret: { type: 'password' },
    },
    label() {
      return this.name || String(this.sender || '') || this._('whatsapp-account.palette');
    },
    oneditprepare() {
      const field = (name: string): EditorElement => $(`#node-config-input-${name}`);
      if (RED.nodes.node(this.id) === null) field('path').val(freePath(this.id));

      const showMode = (): void => {
        const simulator = field('mode').val() === 'simulator';
        $('.whatsapp-account-twilio').toggle(!simulator);
        $('.whatsapp-account-simulator').toggle(simulator);
      };
      const showAddresses = (): void => {
        const base = field('publicUrl').val().trim().replace(/\/+$/, '');
        const path = `/${(field('path').val().trim() || '/whatsapp').replace(/^\/+|\/+$/g, '')}`;
        for (const kind of ['inbound', 'status']) {
          $(`#whatsapp-account-${kind}`).val(
            base === '' ? this._('whatsapp-account.hint.publicUrlFirst') : `${base}${path}/${kind}`,
          );
        }
      };
      for (const kind of ['inbound', 'status']) {
        $(`#whatsapp-account-copy-${kind}`).on('click', (event) => {
          event.preventDefault();
          const address = $(`#whatsapp-account-${kind}`);
          RED.clipboard.copyText(address.val(), address, this._('whatsapp-account.copied'));
        });
      }
      const phoneNotThere = (): void => {
        $('#whatsapp-account-phone').toggle(false);
        $('#whatsapp-account-phone-hint').text(this._('whatsapp-account.hint.deployFirst'));
      };
      phoneNotThere();
      $.getJSON(`whatsapp-account/${encodeURIComponent(this.id)}/simulator`, ({ path, key }) => {
        if (!path) return;
        const address = `${location.origin}${path}`;
        $('#whatsapp-account-phone')
          .toggle(true)
          .attr('href', key ? `${address}?key=${key}` : address);
        $('#whatsapp-account-phone-hint').text(this._(`whatsapp-account.hint.${key ? 'phoneKey' : 'phoneLocal'}`));
      }).fail(phoneNotThere);

      field('mode').on('change', showMode);
      field('publicUrl').on('input', showAddresses);
      field('path').on('input', showAddresses);
      showMode();
      showAddresses();
    },
  });
})();
