import assert from 'node:assert/strict';

/** A word that stands in every secret of a test and nowhere else. */
export const mark = 'mArKeDsEcReT';
/** A secret that has to be a UUID. */
export const markedUuid = '5ec2e75e-c2e7-45ec-a2e7-5ec2e75ec2e7';

const hex = (text: string) => Buffer.from(text).toString('hex');
const insensitive = [mark, hex(mark), markedUuid, markedUuid.replaceAll('-', '')].map((form) => form.toLowerCase());
/** Base64 looks different at each of three alignments; the letters at the edges depend on what stands beside. */
const base64 = [0, 1, 2].map((before) => {
  const letters = Buffer.from(`${'-'.repeat(before)}${mark}`).toString('base64');
  return letters.slice(Math.ceil((before * 4) / 3), Math.floor(((before + mark.length) * 4) / 3));
});

/** Fails, with what stands around it, when a marked secret is in the bytes: as it is, in any case, in hex, in base64 or in UTF-16. */
export function assertUnmarked(where: string, content: Buffer | string): void {
  const text = Buffer.from(content).toString('latin1');
  for (const form of [text, text.replaceAll('\0', '')]) {
    const lower = form.toLowerCase();
    const places = [...insensitive.map((word) => lower.indexOf(word)), ...base64.map((word) => form.indexOf(word))];
    const at = Math.max(...places);
    assert.equal(at, -1, `a secret is in ${where}: ...${form.slice(Math.max(0, at - 80), at + 60)}...`);
  }
}
