import { expect } from 'chai';
import { isolated } from '../../../../desk/web/words/bidi.ts';
import { createTexts } from '../../../../desk/web/texts/i18n.ts';

describe('names written from right to left', () => {
  it('are isolated from what stands beside them, and all others are left as they are', () => {
    for (const name of ['נועה לוי', 'ليلى حداد', 'Lev (לב)']) expect(isolated(name)).to.equal(`\u2068${name}\u2069`);
    for (const name of ['Lucía Pereira', 'Ștefan', '李小龍', 'Ελένη', '+15550100001', '']) expect(isolated(name)).to.equal(name);
  });

  it('are isolated in every sentence, wherever the page asks for one', () => {
    const { t } = createTexts().global;
    expect(t('customer.visitor', { address: 'ליאת 7' })).to.include('\u2068ליאת 7\u2069');
    expect(t('customer.visitor', { address: 'Liat 7' })).to.not.include('\u2068');
    expect(t('rail.openCount', { count: 3 }, 3)).to.equal('3 open conversations');
  });
});
