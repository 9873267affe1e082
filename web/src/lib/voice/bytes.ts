/** What the readers of recordings share: pieces put one after the other, and numbers as both formats write them. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function concat(pieces: Uint8Array[]): Bytes {
	const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
	let at = 0;
	for (const piece of pieces) {
		whole.set(piece, at);
		at += piece.length;
	}
	return whole;
}

export const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const isSame = (a: Uint8Array, b: Uint8Array) =>
	a.length === b.length && a.every((byte, i) => byte === b[i]);

/** An unsigned number in eight bytes, most significant first. */
export function eight(value: number): Bytes {
	const bytes = new Uint8Array(8);
	viewOf(bytes).setBigUint64(0, BigInt(Math.round(value)));
	return bytes;
}

/**
 * One stretch of a recording, read far enough to put another after it. `ms` is its true length; `write` draws stretches
 * of one kind, in order, as one file.
 */
export interface Stretch {
	format: 'webm' | 'mp4';
	ms: number;
	/** Two stretches with the same bytes here can be heard by one decoder. */
	coding: Uint8Array;
}
