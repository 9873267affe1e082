/**
 * WebM as browsers record it: a head, then clusters of Opus packets, each cluster with the time it starts at. A second
 * recording goes after a first one by leaving its head out and moving its clusters' times.
 */
import { concat, eight, viewOf, type Bytes, type Stretch } from './bytes.ts';

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TRACKS = 0x1654ae6b;
const TRACK = 0xae;
const CLUSTER = 0x1f43b675;
const TIME = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const TIME_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const CODEC = 0x86;
const CHANNELS = 0x9f;
const AUDIO = 0xe1;
/** "Goes on until something else begins": how a recorder writes what it does not know the end of yet. */
const UNKNOWN = Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

interface Element {
	id: number;
	start: number;
	body: number;
	/** Infinity where the size is unknown. */
	end: number;
}

interface Cluster {
	time: number;
	/** What stands in it apart from its time. */
	inside: Uint8Array;
}

export interface Webm extends Stretch {
	format: 'webm';
	ebml: Uint8Array;
	info: Uint8Array;
	tracks: Uint8Array;
	clusters: Cluster[];
}

/** The element at `at`, or nothing when even its head is cut off. */
function element(bytes: Uint8Array, at: number): Element | undefined {
	const idLength = Math.clz32(bytes[at] ?? 0) - 23;
	const sizeAt = at + idLength;
	const sizeLength = Math.clz32(bytes[sizeAt] ?? 0) - 23;
	if (idLength > 4 || sizeLength > 8 || sizeAt + sizeLength > bytes.length) return undefined;
	let id = 0;
	for (let i = at; i < sizeAt; i++) id = id * 256 + bytes[i]!;
	let size = bytes[sizeAt]! & (0xff >> sizeLength);
	let isUnknown = size === 0xff >> sizeLength;
	for (let i = sizeAt + 1; i < sizeAt + sizeLength; i++) {
		size = size * 256 + bytes[i]!;
		isUnknown &&= bytes[i] === 0xff;
	}
	const body = sizeAt + sizeLength;
	return { id, start: at, body, end: isUnknown ? Infinity : body + size };
}

/** Whole elements from `at` on. Stops at one that is cut off; one of unknown size is given and ends the walk. */
function* elements(bytes: Uint8Array, at: number, end = bytes.length): Generator<Element> {
	while (at < end) {
		const one = element(bytes, at);
		if (!one || (one.end !== Infinity && one.end > end)) return;
		yield one;
		at = one.end;
	}
}

const inside = (bytes: Uint8Array, id: number, at: number, end?: number) => {
	for (const one of elements(bytes, at, end)) if (one.id === id) return one;
	return undefined;
};

function number(bytes: Uint8Array, one: Element): number {
	let value = 0;
	for (let i = one.body; i < one.end; i++) value = value * 256 + bytes[i]!;
	return value;
}

/** How long an Opus packet lasts, from its first bytes (RFC 6716, 3.1). */
function packetMs(packet: Uint8Array): number {
	const toc = packet[0] ?? 0;
	const config = toc >> 3;
	const frame =
		config < 12
			? [10, 20, 40, 60][config & 3]!
			: config < 16
				? [10, 20][config & 1]!
				: [2.5, 5, 10, 20][config & 3]!;
	const code = toc & 3;
	return frame * (code === 0 ? 1 : code === 3 ? (packet[1] ?? 1) & 0x3f : 2);
}

/** Reads a recording, cut off anywhere. Undefined for what is not one track of Opus in milliseconds. */
export function readWebm(bytes: Uint8Array): Webm | undefined {
	const ebml = element(bytes, 0);
	if (ebml?.id !== EBML || ebml.end === Infinity) return undefined;
	const segment = element(bytes, ebml.end);
	if (segment?.id !== SEGMENT) return undefined;

	let info: Element | undefined;
	let tracks: Element | undefined;
	const clusters: Cluster[] = [];
	let ms = 0;
	let at = segment.body;
	const end = Math.min(segment.end, bytes.length);
	while (at < end) {
		const one = element(bytes, at);
		if (!one) break;
		if (one.id === CLUSTER) {
			const read = cluster(bytes, one, end);
			if (read.inside.length) {
				clusters.push(read);
				ms = Math.max(ms, read.ms);
			}
			at = read.end;
			continue;
		}
		if (one.end > end) break;
		if (one.id === INFO) info = one;
		else if (one.id === TRACKS) tracks = one;
		at = one.end;
	}
	const coding = tracks && codingOf(bytes, tracks);
	const scale = info && inside(bytes, TIME_SCALE, info.body, info.end);
	if (!info || !tracks || !coding || !clusters.length) return undefined;
	if (scale && number(bytes, scale) !== 1_000_000) return undefined;
	return {
		format: 'webm',
		ms,
		coding,
		ebml: bytes.subarray(0, ebml.end),
		info: withoutLength(bytes, info),
		tracks: bytes.subarray(tracks.start, tracks.end),
		clusters
	};
}

function cluster(bytes: Uint8Array, head: Element, limit: number): Cluster & { ms: number; end: number } {
	let time = 0;
	let ms = 0;
	const pieces: Uint8Array[] = [];
	let at = head.body;
	const end = Math.min(head.end, limit);
	for (const one of elements(bytes, at, end)) {
		// Children of a cluster have short ids: a long one is the next thing after a cluster of unknown size.
		if (one.id > 0xffffff || one.end === Infinity) break;
		at = one.end;
		if (one.id === TIME) time = number(bytes, one);
		else {
			pieces.push(bytes.subarray(one.start, one.end));
			const block =
				one.id === SIMPLE_BLOCK
					? one
					: one.id === BLOCK_GROUP
						? inside(bytes, BLOCK, one.body, one.end)
						: undefined;
			// A block begins with its track, its time within the cluster and flags.
			if (block && block.end - block.body > 4) {
				const start = time + viewOf(bytes).getInt16(block.body + 1);
				ms = Math.max(ms, start + packetMs(bytes.subarray(block.body + 4, block.end)));
			}
		}
	}
	// Where the cluster says its end, a child cut off or broken does not hide what comes after.
	const next = head.end <= limit ? head.end : isLevelOne(bytes, at) ? at : limit;
	return { time, inside: concat(pieces), ms, end: next };
}

const isLevelOne = (bytes: Uint8Array, at: number) => (element(bytes, at)?.id ?? 0) > 0xffffff;

function codingOf(bytes: Uint8Array, tracks: Element): Uint8Array | undefined {
	const list = [...elements(bytes, tracks.body, tracks.end)].filter((one) => one.id === TRACK);
	const track = list[0];
	if (list.length !== 1 || !track) return undefined;
	const codec = inside(bytes, CODEC, track.body, track.end);
	const audio = inside(bytes, AUDIO, track.body, track.end);
	const channels = audio && inside(bytes, CHANNELS, audio.body, audio.end);
	if (!codec || new TextDecoder().decode(bytes.subarray(codec.body, codec.end)) !== 'A_OPUS')
		return undefined;
	return Uint8Array.of(channels ? number(bytes, channels) : 1);
}

/** What stands in the Info element, apart from a length that will not be true any more. */
const withoutLength = (bytes: Uint8Array, info: Element) =>
	concat(
		[...elements(bytes, info.body, info.end)]
			.filter((one) => one.id !== DURATION)
			.map((one) => bytes.subarray(one.start, one.end))
	);

const idBytes = (id: number) => {
	const length = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
	return Uint8Array.from({ length }, (_, i) => (id / 256 ** (length - 1 - i)) & 0xff);
};

function sized(id: number, body: Uint8Array): Bytes {
	const size = eight(body.length);
	size[0] = 0x01;
	return concat([idBytes(id), size, body]);
}

/** One file of these stretches, one after the other, that says how long it is. */
export function writeWebm(stretches: Webm[]): Bytes {
	const [first] = stretches;
	if (!first) return new Uint8Array();
	const length = new Uint8Array(8);
	viewOf(length).setFloat64(
		0,
		stretches.reduce((sum, one) => sum + one.ms, 0)
	);
	const pieces: Uint8Array[] = [
		first.ebml,
		idBytes(SEGMENT),
		UNKNOWN,
		sized(INFO, concat([first.info, sized(DURATION, length)])),
		first.tracks
	];
	let shift = 0;
	for (const stretch of stretches) {
		for (const { time, inside } of stretch.clusters) {
			pieces.push(sized(CLUSTER, concat([sized(TIME, eight(time + shift)), inside])));
		}
		shift += stretch.ms;
	}
	return concat(pieces);
}
