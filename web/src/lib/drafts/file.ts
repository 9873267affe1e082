/**
 * The words of a file that is to become a draft. Plain text is read on the phone; Word and PDF are read by the
 * service, in memory. What comes back goes the way of pasted words: it is screened before anything is sent.
 */
import { NotReached, readDocument, Refused } from '#lib/ask/ask.ts';
import type { DraftKind, Told } from '#lib/api/shapes.ts';

export const ACCEPT =
	'.docx,.pdf,.txt,text/plain,application/pdf,application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const MOST_BYTES = 10 * 1024 * 1024;
/** As long as a draft may be. */
const MOST_POINTS = 60_000;
const CUT = 'The document is longer than a draft can be: this is its beginning.';

export interface FromFile {
	text: string;
	kind?: DraftKind;
	told: Told[];
	notes: string[];
}

/** The file cannot become a draft; the message says why, and what to do instead. */
export class Unreadable extends Error {}

export async function fromFile(file: File, signal?: AbortSignal): Promise<FromFile> {
	if (file.size > MOST_BYTES)
		throw new Unreadable('This file is larger than 10 MB. Save only the part you need, or paste the words.');
	const bytes = await file.arrayBuffer();
	if (isPlain(file.name, new Uint8Array(bytes))) return ofText(decoded(new Uint8Array(bytes)));
	try {
		const { text, kind, known, notes } = await readDocument(bytes, signal);
		return { text, kind, told: known, notes };
	} catch (error) {
		if (error instanceof NotReached)
			throw new Unreadable(
				'A Word or PDF file is read by the service, and there is no network now. Paste the words, or choose it again later.'
			);
		if (error instanceof Refused)
			throw new Unreadable(
				[error.body.title, error.body.detail].filter(Boolean).join('. ') || 'This file could not be read.'
			);
		throw error;
	}
}

const starts = (bytes: Uint8Array, ...head: number[]) => head.every((byte, at) => bytes[at] === byte);

/** By its name, unless its first bytes say that it is something else after all. */
export function isPlain(name: string, bytes: Uint8Array): boolean {
	const isOther =
		starts(bytes, 0x25, 0x50, 0x44, 0x46) ||
		starts(bytes, 0x50, 0x4b, 3, 4) ||
		starts(bytes, 0xd0, 0xcf, 0x11, 0xe0);
	return /\.(txt|text|md)$/i.test(name) && !isOther;
}

/** Text in UTF-8 or UTF-16, or as older Windows programs write it. */
export function decoded(bytes: Uint8Array): string {
	let text: string;
	try {
		text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
	} catch {
		text = new TextDecoder('windows-1252').decode(bytes);
	}
	if (text.includes('\0'))
		throw new Unreadable(
			'This is not a text file. Choose a .docx, a .pdf or a .txt file, or paste the words.'
		);
	return text;
}

function encodingOf(bytes: Uint8Array): string {
	if (starts(bytes, 0xff, 0xfe)) return 'utf-16le';
	if (starts(bytes, 0xfe, 0xff)) return 'utf-16be';
	const head = bytes.subarray(0, 2000);
	const empty = [0, 1].map((odd) => head.filter((byte, at) => at % 2 === odd && byte === 0).length);
	// Half of an English UTF-16 text is empty bytes, and where they stand says which way around it is.
	if (head.length > 3 && (empty[0]! + empty[1]!) * 3 > head.length)
		return empty[1]! > empty[0]! ? 'utf-16le' : 'utf-16be';
	return 'utf-8';
}

export function ofText(whole: string): FromFile {
	const text = whole.replace(/\r\n?/g, '\n').trim();
	if (!/\p{L}/u.test(text)) throw new Unreadable('There are no words in this file. Choose another one.');
	const points = [...text];
	if (points.length <= MOST_POINTS) return { text, told: [], notes: [] };
	const start = points.slice(0, MOST_POINTS).join('');
	const cut = start.lastIndexOf('\n');
	return {
		text: (cut > start.length / 2 ? start.slice(0, cut) : start).trimEnd(),
		told: [],
		notes: [CUT]
	};
}

/** Words of a file's name, as they would be said: "Lopez_Maria-IEP (2).docx" is "Lopez Maria IEP". */
export const spoken = (name: string): string =>
	name
		.replace(/\.[a-z]{2,4}$/i, '')
		.replace(/[^\p{L}’']+/gu, ' ')
		.trim();

/** What was left out, as one sentence; whole sentences stay apart. */
export function leftOut(notes: string[]): string {
	const said = notes.filter((note) => !note.endsWith('.'));
	const whole = notes.filter((note) => note.endsWith('.'));
	const list = said.join('; ');
	return [list && `Left out: ${list}.`, ...whole].filter(Boolean).join(' ');
}
