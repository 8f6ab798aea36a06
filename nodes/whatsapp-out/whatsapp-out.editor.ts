(() => {
  interface Template {
    contentSid: string;
    name: string;
    language: string;
    body: string;
    variables: { key: string; example: string }[];
    buttons: { title: string }[];
    approval: string;
    reason: string | null;
  }
  interface Variable {
    key: string;
    value: string;
    type: string;
  }
  interface Row {
    key: string;
    input: EditorElement;
  }

  const isVariable = (value: unknown): boolean => /^\$\{[^}]+\}$/.test(String(value ?? ''));
  /** The rows of the dialog that is open. */
  let rows: Row[] = [];
  const valuesOf = (): Variable[] =>
    rows.map(({ key, input }) => ({ key, value: input.typedInput('value'), type: input.typedInput('type') }));

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
      outsideSession: { value: 'refuse' },
      template: {
        value: '',
        validate(value) {
          if (this.outsideSession !== 'template' || isVariable(value) || /^HX[0-9a-fA-F]{32}$/.test(value ?? '')) return true;
          return RED._('@twentyfour/node-red-whatsapp/whatsapp-out:whatsapp-out.invalid.template');
        },
      },
      templateVariables: { value: [] },
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
    oneditprepare() {
      const say = (key: string, values?: Record<string, unknown>): string => this._(`whatsapp-out.template.${key}`, values);
      const outside = $('#node-input-outsideSession');
      const sid = $('#node-input-template');
      const choice = $('#whatsapp-out-templates');
      let templates: Template[] = [];
      let known = new Map(((this.templateVariables ?? []) as Variable[]).map((one) => [one.key, one]));
      rows = [];

      const current = (): Template | undefined => templates.find(({ contentSid }) => contentSid === sid.val().trim());
      const showPreview = (): void => {
        const template = current();
        const values = new Map(valuesOf().map((one) => [one.key, one]));
        const filled = template?.body.replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, (whole, key: string) => {
          const one = values.get(key);
          if (one === undefined || one.value === '') return whole;
          return one.type === 'str' ? one.value : `[${one.type}.${one.value}]`;
        });
        const buttons = (template?.buttons ?? []).map(({ title }) => `[ ${title} ]`).join('  ');
        const preview = [filled ?? '', buttons].filter((line) => line !== '').join('\n');
        $('#whatsapp-out-preview')
          .text(preview)
          .toggle(preview !== '');
        $('#whatsapp-out-approval').text(
          template === undefined
            ? ''
            : `${say(`approval.${template.approval}`)}${template.reason === null ? '' : `: ${template.reason}`}`,
        );
      };
      const showRows = (): void => {
        for (const one of valuesOf()) known.set(one.key, one);
        const wanted = current()?.variables ?? [...known.values()].map(({ key }) => ({ key, example: '' }));
        const container = $('#whatsapp-out-variables').empty();
        rows = wanted.map(({ key, example }) => {
          const id = `whatsapp-out-variable-${key}`;
          const input = $('<input type="text">').attr('id', id).attr('placeholder', example).attr('style', 'width: 70%');
          const label = $('<label>').attr('for', id).text(`{{${key}}}`);
          container.append($('<div class="form-row">').append(label).append(input));
          const { value, type } = known.get(key) ?? { value: '', type: 'str' };
          input.typedInput({ default: 'str', types: ['str', 'msg', 'flow', 'global', 'env', 'jsonata'] });
          input.typedInput('type', type);
          input.typedInput('value', value);
          input.on('change', showPreview);
          return { key, input };
        });
        showPreview();
      };
      const showChoice = (): void => {
        choice.empty();
        choice.append($('<option>').attr('value', '').text(say('choose')));
        for (const { contentSid, name, language, approval } of templates) {
          const words = `${name} · ${language} · ${say(`approval.${approval}`)}`;
          choice.append($('<option>').attr('value', contentSid).text(words));
        }
        choice.val(current()?.contentSid ?? '');
        $('.whatsapp-out-choice').toggle(templates.length > 0);
      };
      const load = (): void => {
        const account = $('#node-input-account').val();
        $('#whatsapp-out-problem').text(say('asking'));
        const done = (found: Template[], problem: string): void => {
          templates = found;
          $('#whatsapp-out-problem').text(problem);
          showChoice();
          showRows();
        };
        $.ajax({
          url: `whatsapp-out/templates?account=${encodeURIComponent(account === '_ADD_' ? '' : (account ?? ''))}`,
          type: 'GET',
          success: (answer) => {
            const { templates: found = [], problem } = answer as { templates?: Template[]; problem?: { message: string } };
            done(found, problem?.message ?? (found.length === 0 ? say('none') : ''));
          },
          error: () => done([], say('noAnswer')),
        });
      };
      const showOutside = (): void => {
        const template = outside.val() === 'template';
        $('.whatsapp-out-template').toggle(template);
        if (template && templates.length === 0) load();
      };

      if (!outside.val()) outside.val('refuse');
      $('.whatsapp-out-choice').toggle(false);
      $('#whatsapp-out-load').on('click', load);
      choice.on('change', () => {
        if (choice.val() !== '') sid.val(choice.val()).trigger('change');
      });
      sid.on('change', () => {
        known = new Map([...known, ...valuesOf().map((one) => [one.key, one] as const)]);
        showRows();
      });
      outside.on('change', showOutside);
      $('#whatsapp-out-variables').on('input', showPreview);
      showRows();
      showOutside();
    },
    oneditsave() {
      this.templateVariables = $('#node-input-outsideSession').val() === 'template' ? valuesOf() : [];
    },
  });
})();
