import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { identify } from '../../../lib/domain/media-type.ts';
import { checksum, oggOf, opusInWebm, samplesIn, webmToOgg } from '../../../lib/domain/voice-note.ts';
import { HTML, jpeg, webmVoice } from '../../support/files.ts';

/** The packets of an Ogg stream with what its pages say; a second reading of RFC 3533, independent of the writer. */
function readOgg(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: Uint8Array[] = [];
  const pages: { flags: number; granule: number; sequence: number }[] = [];
  let open: number[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(Buffer.from(bytes.subarray(at, at + 4)).toString()).to.equal('OggS');
    const count = bytes[at + 26]!;
    const lacing = bytes.subarray(at + 27, at + 27 + count);
    let from = at + 27 + count;
    const end = from + lacing.reduce((sum, value) => sum + value, 0);
    const page = bytes.slice(at, end);
    const written = view.getUint32(at + 22, true);
    page.fill(0, 22, 26);
    expect(checksum(page)).to.equal(written);
    pages.push({
      flags: bytes[at + 5]!,
      granule: Number(view.getBigUint64(at + 6, true)),
      sequence: view.getUint32(at + 18, true),
    });
    for (const value of lacing) {
      open.push(...bytes.subarray(from, from + value));
      from += value;
      if (value < 255) {
        packets.push(Uint8Array.from(open));
        open = [];
      }
    }
    at = end;
  }
  expect(open).to.deep.equal([]);
  return { packets, pages };
}

/** An Opus packet of 20 ms with this much behind its first byte. */
const packet = (size: number, fill = 7): Uint8Array => Uint8Array.of(0x48, ...Array<number>(size).fill(fill));

describe('voice notes', () => {
  it('go from WebM to Ogg with every packet as it was', () => {
    const packets = fc.array(fc.nat(1200), { minLength: 1, maxLength: 160 }).map((sizes) => sizes.map((size) => packet(size)));
    fc.assert(
      fc.property(packets, fc.boolean(), (given, known) => {
        const ogg = webmToOgg(webmVoice(given, { knownSizes: known }))!;
        const { packets: found, pages } = readOgg(ogg);
        expect(Buffer.from(found[0]!.subarray(0, 8)).toString()).to.equal('OpusHead');
        expect(Buffer.from(found[1]!.subarray(0, 8)).toString()).to.equal('OpusTags');
        expect(found.slice(2)).to.deep.equal(given);
        expect(pages.map(({ sequence }) => sequence)).to.deep.equal(pages.map((_, index) => index));
        expect(pages[0]!.flags).to.equal(2);
        expect(pages.at(-1)!.flags).to.equal(4);
        expect(pages.at(-1)!.granule).to.equal(312 + given.length * 960);
        expect(identify(ogg)).to.include({ contentType: 'audio/ogg', inline: true });
      }),
      { numRuns: 60 },
    );
  });

  it('that broke off keep what is whole', () => {
    const whole = webmVoice([packet(50), packet(50), packet(50)]);
    const { packets } = readOgg(webmToOgg(whole.subarray(0, whole.length - 20))!);
    expect(packets).to.have.length(4);
  });

  it('may lack the header of their codec', () => {
    const sound = opusInWebm(webmVoice([packet(10)], { head: null }))!;
    expect(Buffer.from(sound.head).toString('latin1').slice(0, 8)).to.equal('OpusHead');
    expect(readOgg(oggOf(sound)).packets).to.have.length(3);
  });

  it('are nothing else: films, other codecs, other files', () => {
    expect(webmToOgg(webmVoice([packet(10)], { codec: 'A_VORBIS' }))).to.equal(null);
    expect(webmToOgg(webmVoice([packet(10)], { tracks: 2 }))).to.equal(null);
    expect(webmToOgg(webmVoice([]))).to.equal(null);
    for (const bytes of [HTML, jpeg(), Buffer.alloc(0), Buffer.from([0x1a, 0x45, 0xdf, 0xa3])])
      expect(webmToOgg(bytes)).to.equal(null);
  });

  it('never break the reader, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        webmToOgg(Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, ...bytes));
      }),
    );
  });

  it('are as long as their packets say (RFC 6716, 3.1)', () => {
    expect(samplesIn(Uint8Array.of(0x48))).to.equal(960);
    expect(samplesIn(Uint8Array.of(0x00))).to.equal(480);
    expect(samplesIn(Uint8Array.of(0x18))).to.equal(2880);
    expect(samplesIn(Uint8Array.of(0x60))).to.equal(480);
    expect(samplesIn(Uint8Array.of(0x80))).to.equal(120);
    expect(samplesIn(Uint8Array.of(0xf9))).to.equal(1920);
    expect(samplesIn(Uint8Array.of(0xfb, 3))).to.equal(2880);
  });

  it('of the phone’s sample are a real recording', () => {
    const { packets, pages } = readOgg(readFileSync(new URL('../../../lib/simulator/samples/voice-note.ogg', import.meta.url)));
    expect(packets.length).to.be.above(50);
    expect(pages.at(-1)!.granule / 48_000).to.be.closeTo(3.5, 0.3);
  });
});
