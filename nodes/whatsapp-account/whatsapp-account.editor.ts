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

  interface Problem {
    message: string;
    reason: string | null;
  }
  interface Check {
    what: string;
    problem: string | null;
    twilioCode: number | null;
    status?: string;
  }
  interface Sender {
    address: string;
    name: string;
    status: string;
  }
  interface Webhooks {
    targets: { kind: string; name: string; inbound: string | null; status: string | null; ours: boolean }[];
    reach: string | null;
    canUndo: boolean;
  }
  interface State {
    deployed: boolean;
    problem: string | null;
    webhooks: { kind: string; lastAt: number | null; refusedSince: number | null; refusedUrl: string | null } | null;
  }

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
      rate: {
        value: '80',
        validate: (value) => !value || isVariable(value) || (Number(value) >= 0.1 && Number(value) <= 1000) || text('rate'),
      },
      typing: { value: true },
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

      if (this.typing === undefined) $('#node-config-input-typing').prop('checked', true);

      const say = (key: string, values?: Record<string, unknown>): string => this._(`whatsapp-account.setup.${key}`, values);
      const when = (at: number | null): string => (at === null ? '' : new Date(at).toLocaleString());
      const line = (list: string, words: string): void => {
        $(list).append($('<li>').text(words));
      };
      const SECRETS = ['authToken', 'secondaryAuthToken', 'apiKeySid', 'apiKeySecret'];
      const FIELDS = ['mode', 'accountSid', 'sender', 'messagingServiceSid', 'publicUrl', 'path', 'region', 'edge', 'apiBaseUrl'];
      /** What stands in the dialog; a stored password stands there as this word and stays on the server. */
      const asked = (): string => {
        const valuesOf = (names: string[]): Record<string, string> =>
          Object.fromEntries(names.map((name) => [name, field(name).val()]).filter(([, value]) => value !== '__PWRD__'));
        return JSON.stringify({ fields: valuesOf(FIELDS), credentials: valuesOf(SECRETS) });
      };
      /** Asks the server and shows in the list what is wrong; one question at a time. */
      const ask = <Answer>(path: string, list: string, show: (answer: Answer) => void): void => {
        $(list).empty();
        line(list, say('asking'));
        $('.whatsapp-account-ask').prop('disabled', true);
        const done = (work: () => void): void => {
          $('.whatsapp-account-ask').prop('disabled', false);
          $(list).empty();
          work();
        };
        $.ajax({
          url: `whatsapp-account/${encodeURIComponent(this.id)}/${path}`,
          type: 'POST',
          contentType: 'application/json',
          data: asked(),
          success: (answer) =>
            done(() => {
              const { problem } = answer as { problem?: Problem };
              if (problem === undefined) show(answer as Answer);
              else line(list, problem.reason === null ? problem.message : say(`reach.${problem.reason}`));
            }),
          error: () => done(() => line(list, say('noAnswer'))),
        });
      };
      const showChecks = ({ checks }: { checks: Check[] }): void => {
        for (const { what, problem, twilioCode, status } of checks) {
          const result = problem === null ? say('fine') : say(`problem.${problem}`, { code: twilioCode ?? '–', status });
          line('#whatsapp-account-checks', `${say(`check.${what}`)}: ${result}`);
        }
      };
      const showSenders = ({ senders }: { senders: Sender[] }): void => {
        const choice = $('#whatsapp-account-senders');
        choice.empty();
        choice.append($('<option>').attr('value', '').text(say('choose')));
        for (const { address, name, status } of senders) {
          const words = `${address}${name ? ` · ${name}` : ''}${status === 'ONLINE' ? '' : ` (${status})`}`;
          choice.append($('<option>').attr('value', address).text(words));
        }
        $('.whatsapp-account-senders').toggle(senders.length > 0);
        if (senders.length === 0) line('#whatsapp-account-checks', say('noSender'));
      };
      const showWebhooks = ({ targets, reach, canUndo }: Webhooks): void => {
        const list = '#whatsapp-account-targets';
        for (const { kind, name, inbound, status, ours } of targets) {
          line(list, `${say(`target.${kind}`)} ${name}: ${say(ours ? 'ours' : 'notOurs')}`);
          line(list, `${say('incomingTo')} ${inbound ?? say('nothing')}`);
          line(list, `${say('statusesTo')} ${status ?? say('nothing')}`);
        }
        if (targets.length === 0) line(list, say('noTarget'));
        if (reach !== null) line(list, say(`reach.${reach}`));
        $('#whatsapp-account-undo').toggle(canUndo);
      };
      const showState = ({ deployed, problem, webhooks }: State): void => {
        const { kind, lastAt, refusedSince, refusedUrl } = webhooks ?? {
          kind: 'none',
          lastAt: null,
          refusedSince: null,
          refusedUrl: null,
        };
        const words = !deployed
          ? say('state.notDeployed')
          : problem !== null
            ? this._(`whatsapp-account.status.${problem}`)
            : say(`state.${kind}`, { at: when(kind === 'refused' ? refusedSince : lastAt), url: refusedUrl });
        $('#whatsapp-account-state').text(words);
      };
      $('#whatsapp-account-test').on('click', () => ask('test', '#whatsapp-account-checks', showChecks));
      $('#whatsapp-account-choose').on('click', () => ask('senders', '#whatsapp-account-checks', showSenders));
      $('#whatsapp-account-senders').on('change', () => {
        const chosen = $('#whatsapp-account-senders').val();
        if (chosen !== '') field('sender').val(chosen).trigger('change');
      });
      for (const action of ['webhooks', 'connect', 'undo']) {
        $(`#whatsapp-account-${action}`).on('click', () => ask(action, '#whatsapp-account-targets', showWebhooks));
      }
      $('.whatsapp-account-senders').toggle(false);
      $('#whatsapp-account-undo').toggle(false);
      $.ajax({
        url: `whatsapp-account/${encodeURIComponent(this.id)}/state`,
        type: 'GET',
        success: (answer) => showState(answer as State),
        error: () => $('#whatsapp-account-state').text(say('noAnswer')),
      });

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
