import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { playingPosition, playingTime } from '../../../lib/domain/playing-time.ts';
import { voiceLength } from '../../../lib/domain/voice-length.ts';
import { oggOf, webmToOgg } from '../../../lib/domain/voice-note.ts';
import { HTML, jpeg, ogg, oggPage, oggVoice, webmVoice } from '../../support/files.ts';

/** An Opus packet of 20 ms with this much behind its first byte. */
const packet = (size: number): Uint8Array => Uint8Array.of(0x48, ...Array<number>(size).fill(7));
const SAMPLE = readFileSync(new URL('../../../lib/simulator/samples/voice-note.ogg', import.meta.url));

describe('the length of a voice note', () => {
  it('is where the last page ends, less what a decoder throws away', () => {
    expect(voiceLength(oggVoice({ ms: 12_000 }))).to.equal(12_000);
    expect(voiceLength(oggVoice({ ms: 12_000, preSkip: 3840 }))).to.equal(12_000);
    expect(voiceLength(oggVoice({ ms: 20 }))).to.equal(20);
    expect(voiceLength(SAMPLE)).to.be.closeTo(3500, 300);
  });

  it('is what was recorded, whatever the recorder put into a page', () => {
    const sizes = fc.array(fc.nat(1200), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(sizes, (given) => {
        const recorded = webmToOgg(webmVoice(given.map(packet)))!;
        expect(voiceLength(recorded)).to.equal(given.length * 20);
      }),
      { numRuns: 60 },
    );
  });

  it('does not count what was never recorded: a stream that was joined later, or cut off in the middle of a packet', () => {
    expect(voiceLength(oggVoice({ ms: 5000, startedAt: 3_600_000 }))).to.be.closeTo(5000, 10);
    const cut = oggVoice({ ms: 5000, cutMs: 13 });
    expect(voiceLength(cut)).to.equal(4987);
  });

  it('passes over pages on which no packet ends', () => {
    const note = oggVoice({ ms: 1000 });
    const open = oggPage(Buffer.alloc(255, 1), { position: -1n, sequence: 9 });
    expect(voiceLength(Buffer.concat([note, open]))).to.equal(1000);
  });

  it('is that of the whole pages of a file that broke off', () => {
    const packets = Array.from({ length: 200 }, () => packet(50));
    const whole = webmToOgg(webmVoice(packets))!;
    for (let end = whole.length; end > whole.length - 2600; end -= 97) {
      expect(voiceLength(whole.subarray(0, end))).to.equal(end === whole.length ? 4000 : 3000);
    }
  });

  it('is not known of other files, and of what contradicts itself', () => {
    const note = oggVoice({ ms: 2000 });
    const inconsistent: [string, Uint8Array][] = [
      ['nothing', Buffer.alloc(0)],
      ['a page', HTML],
      ['a picture', jpeg()],
      ['a recording in WebM', webmVoice([packet(10)])],
      ['half a header', ogg()],
      ['headers alone', note.subarray(0, 28 + 19 + 28 + 24)],
      ['another codec', Buffer.from(note.toString('latin1').replace('OpusHead', 'vorbishd'), 'latin1')],
      ['a version to come', oggVoice({ ms: 2000, version: 16 })],
      ['a second stream behind it', Buffer.concat([note, note])],
      ['another stream in it', Buffer.concat([note, oggPage(Buffer.from([0x48]), { position: 99_999n, serial: 8 })])],
      ['a step back', Buffer.concat([note, oggPage(Buffer.from([0x48]), { position: 1n })])],
      ['something else behind it', Buffer.concat([note, HTML])],
      ['an end before its beginning', oggVoice({ ms: 2000, endAt: 100n })],
      ['a negative end', oggVoice({ ms: 2000, endAt: -2n })],
      ['an end in a hundred thousand years', oggVoice({ ms: 2000, endAt: 2n ** 62n })],
      ['a length of two days', oggVoice({ ms: 2000, endAt: 48n * 2n * 86_400_000n })],
    ];
    for (const [what, bytes] of inconsistent) expect(voiceLength(bytes), what).to.equal(null);
  });

  it('is a whole number of milliseconds or nothing, whatever the bytes, and soon', () => {
    const noise = fc.uint8Array({ maxLength: 600 });
    // Bytes of a real note, some of them overwritten, cut off anywhere, and noise behind.
    const spoilt = fc.tuple(
      fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
      fc.nat(SAMPLE.length),
      noise,
      fc.boolean(),
    );
    fc.assert(
      fc.property(spoilt, ([changes, length, behind, whole]) => {
        const bytes = Buffer.concat([whole ? SAMPLE : SAMPLE.subarray(0, length), behind]);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const found = voiceLength(bytes);
        if (found !== null) expect(Number.isInteger(found) && found > 0 && found <= 86_400_000).to.equal(true);
      }),
      { numRuns: 400 },
    );
    // Sixteen megabytes of pages with nothing in them, and of what only looks like their beginning.
    const note = oggVoice({ ms: 20 });
    const empty = oggPage(Buffer.alloc(0), { position: -1n });
    for (const filling of [empty, Buffer.from('OggS')]) {
      expect(voiceLength(Buffer.concat([note, Buffer.alloc(16 * 1024 * 1024, filling)]))).to.equal(20);
    }
  });

  it('is found in a part of a larger buffer, too', () => {
    const note = oggOf({ head: Buffer.from('4f707573486561640101380180bb0000000000', 'hex'), packets: [packet(3), packet(3)] });
    const within = new Uint8Array(note.length + 14);
    within.set(note, 7);
    expect(voiceLength(within.subarray(7, 7 + note.length))).to.equal(40);
  });

  it('is written as players write it', () => {
    expect([0, 400, 12_400, 12_600, 59_600, 245_000, 3_599_400, 3_599_600, 3_723_000].map(playingTime)).to.deep.equal([
      '0:01',
      '0:01',
      '0:12',
      '0:13',
      '1:00',
      '4:05',
      '59:59',
      '1:00:00',
      '1:02:03',
    ]);
    expect([-5, 0, 999, 1000, 61_900].map(playingPosition)).to.deep.equal(['0:00', '0:00', '0:00', '0:01', '1:01']);
  });
});
