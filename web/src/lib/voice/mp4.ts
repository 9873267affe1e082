/**
 * Fragmented MP4 as browsers record it: a head (`ftyp`, `moov`), then pairs of `moof` and `mdat`. A second recording
 * goes after a first one by leaving its head out and moving the times its fragments begin at.
 */
import { concat, viewOf, type Bytes, type Stretch } from './bytes.ts';

interface Box {
	type: string;
	start: number;
	body: number;
	end: number;
}

interface Fragment {
	/** The pair as it stood in its own file, and where that was. */
	bytes: Uint8Array;
	start: number;
	/** Where its first sample is, in the track's own time. */
	time: number;
}

export interface Mp4 extends Stretch {
	format: 'mp4';
	head: Uint8Array;
	scale: number;
	/** Length in the track's own time. */
	length: number;
	fragments: Fragment[];
}

/** Whole boxes from `at` on; stops at one that is cut off. */
function* boxes(bytes: Uint8Array, at = 0, end = bytes.length): Generator<Box> {
	const view = viewOf(bytes);
	while (at + 8 <= end) {
		let size = view.getUint32(at);
		let head = 8;
		if (size === 1 && at + 16 <= end) {
			size = Number(view.getBigUint64(at + 8));
			head = 16;
		}
		if (size < head || at + size > end) return;
		yield {
			type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)),
			start: at,
			body: at + head,
			end: at + size
		};
		at += size;
	}
}

const find = (bytes: Uint8Array, type: string, at = 0, end = bytes.length) => {
	for (const box of boxes(bytes, at, end)) if (box.type === type) return box;
	return undefined;
};

/** The box at the end of a path of types, each inside the one before. */
function at(bytes: Uint8Array, path: string[], from: Box): Box | undefined {
	let box: Box | undefined = from;
	for (const type of path) box = box && find(bytes, type, box.body, box.end);
	return box;
}

/** Reads a recording, cut off anywhere. Undefined for what is not one fragmented track of sound. */
export function readMp4(bytes: Uint8Array): Mp4 | undefined {
	const all = [...boxes(bytes)];
	const moov = all.find((box) => box.type === 'moov');
	if (all[0]?.type !== 'ftyp' || !moov) return undefined;
	const tracks = [...boxes(bytes, moov.body, moov.end)].filter((box) => box.type === 'trak');
	const trak = tracks[0];
	const trex = at(bytes, ['mvex', 'trex'], moov);
	if (tracks.length !== 1 || !trak || !trex) return undefined;
	const mdhd = at(bytes, ['mdia', 'mdhd'], trak);
	const stsd = at(bytes, ['mdia', 'minf', 'stbl', 'stsd'], trak);
	if (!mdhd || !stsd) return undefined;
	const view = viewOf(bytes);
	const scale = view.getUint32(mdhd.body + (bytes[mdhd.body] === 1 ? 20 : 12));
	if (!scale) return undefined;
	const usual = view.getUint32(trex.body + 12);

	const fragments: Fragment[] = [];
	let length = 0;
	all.forEach((box, i) => {
		const data = all[i + 1];
		if (box.type !== 'moof' || data?.type !== 'mdat') return;
		const timing = timingOf(bytes, box, usual);
		if (!timing) return;
		fragments.push({ bytes: bytes.subarray(box.start, data.end), start: box.start, time: timing.time });
		length = Math.max(length, timing.time + timing.length);
	});
	if (!fragments.length) return undefined;
	return {
		format: 'mp4',
		ms: (length / scale) * 1000,
		coding: bytes.subarray(stsd.start, stsd.end),
		head: concat(
			all
				.filter((box) => box.start < fragments[0]!.start && (box.type === 'ftyp' || box.type === 'moov'))
				.map((box) => bytes.subarray(box.start, box.end))
		),
		scale,
		length,
		fragments
	};
}

function timingOf(bytes: Uint8Array, moof: Box, usual: number): { time: number; length: number } | undefined {
	const traf = find(bytes, 'traf', moof.body, moof.end);
	const tfdt = traf && at(bytes, ['tfdt'], traf);
	const tfhd = traf && at(bytes, ['tfhd'], traf);
	if (!traf || !tfdt || !tfhd) return undefined;
	const view = viewOf(bytes);
	const time =
		bytes[tfdt.body] === 1 ? Number(view.getBigUint64(tfdt.body + 4)) : view.getUint32(tfdt.body + 4);
	const flags = view.getUint32(tfhd.body) & 0xffffff;
	// Before the usual length of a sample stand, when they are there, a place (8 bytes) and an index (4).
	const each =
		flags & 0x8 ? view.getUint32(tfhd.body + 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0)) : usual;
	let length = 0;
	for (const box of boxes(bytes, traf.body, traf.end)) {
		if (box.type === 'trun') length += runLength(view, box, each);
	}
	return { time, length };
}

/** The lengths of a run's samples, summed up. */
function runLength(view: DataView, trun: Box, each: number): number {
	const flags = view.getUint32(trun.body) & 0xffffff;
	const count = view.getUint32(trun.body + 4);
	if (!(flags & 0x100)) return count * each;
	const step = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
	let at = trun.body + 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
	let length = 0;
	for (let i = 0; i < count && at + 4 <= trun.end; i++, at += step) length += view.getUint32(at);
	return length;
}

/** One file of these stretches, one after the other. */
export function writeMp4(stretches: Mp4[]): Bytes {
	const [first] = stretches;
	if (!first) return new Uint8Array();
	const pieces: Uint8Array[] = [first.head];
	let place = first.head.length;
	let number = 0;
	let shift = 0;
	for (const stretch of stretches) {
		for (const fragment of stretch.fragments) {
			const moved = placed(fragment, ++number, fragment.time + shift, place - fragment.start);
			pieces.push(moved);
			place += moved.length;
		}
		shift += stretch.length;
	}
	return concat(pieces);
}

/** A fragment with another number, time and, where it speaks of places in the file, other places. */
function placed(fragment: Fragment, number: number, time: number, by: number): Bytes {
	const bytes = new Uint8Array(fragment.bytes);
	const view = viewOf(bytes);
	const moof = find(bytes, 'moof')!;
	const mfhd = at(bytes, ['mfhd'], moof);
	if (mfhd) view.setUint32(mfhd.body + 4, number);
	const tfdt = at(bytes, ['traf', 'tfdt'], moof)!;
	if (bytes[tfdt.body] === 1) view.setBigUint64(tfdt.body + 4, BigInt(time));
	else view.setUint32(tfdt.body + 4, time);
	const tfhd = at(bytes, ['traf', 'tfhd'], moof)!;
	if (view.getUint32(tfhd.body) & 0x1) {
		view.setBigUint64(tfhd.body + 8, view.getBigUint64(tfhd.body + 8) + BigInt(by));
	}
	return bytes;
}
