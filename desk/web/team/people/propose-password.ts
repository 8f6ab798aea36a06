/** Letters and digits that nobody confuses when reading them aloud. */
const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** A password that can be dictated: four groups of four, about 79 bits. */
export function proposePassword(): string {
  const groups = Array.from({ length: GROUPS }, () => Array.from({ length: GROUP_LENGTH }, sign).join(''));
  return groups.join('-');
}

/** One sign, each as likely as the others: bytes beyond the last whole multiple are drawn again. */
function sign(): string {
  const limit = 256 - (256 % SIGNS.length);
  for (;;) {
    const byte = crypto.getRandomValues(new Uint8Array(1))[0]!;
    if (byte < limit) return SIGNS[byte % SIGNS.length]!;
  }
}
