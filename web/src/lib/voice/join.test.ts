import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { joined, lengthOf } from './join.ts';
import { readMp4 } from './mp4.ts';
import { readWebm } from './webm.ts';

// A second and a quarter of a synthetic voice, as Chromium's recorder wrote it in pieces of half a second.
const recorded = (name: string) =>
	new Uint8Array(readFileSync(new URL(`./recorded/${name}`, import.meta.url)));
const webm = recorded('said.webm');
const mp4 = recorded('said.mp4');

describe.each([
	['webm', webm],
	['mp4', mp4]
])('a %s recording', (_format, whole) => {
	const ms = lengthOf(whole)!;

	it('knows its true length', () => {
		expect(ms).toBeGreaterThan(1150);
		expect(ms).toBeLessThan(1350);
	});

	it('is as long as its parts together, and can be joined again', () => {
		const twice = joined([whole, whole])!;
		expect(twice.ms).toBeCloseTo(2 * ms, 3);
		expect(lengthOf(twice.bytes)).toBeCloseTo(2 * ms, 0);
		expect(lengthOf(joined([twice.bytes, whole])!.bytes)).toBeCloseTo(3 * ms, 0);
	});

	it('keeps every sound of both parts, in order', () => {
		const twice = joined([whole, whole])!.bytes;
		expect(sounds(twice)).toEqual([...sounds(whole), ...sounds(whole)]);
	});

	it('may be cut off anywhere', () => {
		let before = 0;
		for (let end = 0; end <= whole.length; end += 7) {
			const cut = whole.subarray(0, end);
			const length = lengthOf(cut) ?? 0;
			expect(length).toBeGreaterThanOrEqual(before);
			before = length;
			const both = joined([cut, whole]);
			if (!length) expect(both).toBeUndefined();
			else expect(lengthOf(both!.bytes)).toBeCloseTo(length + ms, 0);
		}
		expect(before).toBeGreaterThan(ms - 300);
	});
});

it('does not join what one decoder cannot read', () => {
	expect(joined([webm, mp4])).toBeUndefined();
	expect(joined([])).toBeUndefined();
	const stereo = new Uint8Array(webm);
	// The channel count of the track: element 9F, one byte.
	const at = stereo.findIndex((byte, i) => byte === 0x9f && stereo[i + 1] === 0x81 && i > 100);
	stereo[at + 2] = 2;
	expect(joined([webm, stereo])).toBeUndefined();
	expect(lengthOf(new TextEncoder().encode('no sound at all'))).toBeUndefined();
});

it('begins what goes on where the first part ends', () => {
	const first = readWebm(webm)!;
	const after = readWebm(joined([webm, webm])!.bytes)!.clusters[first.clusters.length]!;
	expect(after.time).toBe(first.ms + first.clusters[0]!.time);
	const head = readMp4(mp4)!;
	const later = readMp4(joined([mp4, mp4])!.bytes)!.fragments[head.fragments.length]!;
	expect(later.time).toBe(head.length + head.fragments[0]!.time);
});

/** What will be heard, without any times: the packets of each cluster, or the data of each fragment. */
function sounds(bytes: Uint8Array): string[] {
	const webm = readWebm(bytes);
	if (webm) return webm.clusters.map((one) => hex(one.inside));
	return readMp4(bytes)!.fragments.map((one) => {
		const data = one.bytes.findIndex(
			(_, i) => String.fromCharCode(...one.bytes.subarray(i, i + 4)) === 'mdat'
		);
		return hex(one.bytes.subarray(data));
	});
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
