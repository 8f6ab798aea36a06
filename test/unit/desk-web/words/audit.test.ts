import { expect } from 'chai';
import { createTexts } from '../../../../desk/web/texts/i18n.ts';
import { FLOW_EVENTS, INNER_EVENTS } from '../../../../lib/domain/events.ts';

describe('the audit', () => {
  it('has words for every event there is', () => {
    const { te } = createTexts().global;
    expect([...FLOW_EVENTS, ...INNER_EVENTS].filter((type) => !te(`audit.type.${type}`))).to.deep.equal([]);
  });
});
