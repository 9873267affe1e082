/**
 * What changed between two texts, in whole words. Changes are kept few: two of them with no clause's end between them
 * become one, because a sentence struck in five places can be read by nobody.
 */
export interface Piece {
	kind: 'same' | 'out' | 'in';
	text: string;
}

/** Beyond this many pairs of words to compare, a block is shown as replaced whole. */
const HARD = 4_000_000;

const TOKEN = /\s+|[\p{L}\p{N}]+(?:[’'\-.][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu;
const LINE = /[^\n]*\n|[^\n]+$/g;
const CLAUSE_ENDS = /[.!?;:,\n—–]/;

const tokens = (text: string): string[] => text.match(TOKEN) ?? [];
const lines = (text: string): string[] => text.match(LINE) ?? [];

/** The longest list of parts that both have, in order, as pairs of their numbers; undefined when that is too much work. */
function common(a: string[], b: string[]): [number, number][] | undefined {
	let head = 0;
	while (head < a.length && head < b.length && a[head] === b[head]) head++;
	let tail = 0;
	while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
	const n = a.length - head - tail;
	const m = b.length - head - tail;
	if (n * m > HARD) return undefined;
	const width = m + 1;
	const best = new Uint32Array((n + 1) * width);
	for (let i = n - 1; i >= 0; i--) {
		for (let j = m - 1; j >= 0; j--) {
			best[i * width + j] =
				a[head + i] === b[head + j]
					? best[(i + 1) * width + j + 1]! + 1
					: Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
		}
	}
	const pairs: [number, number][] = [];
	for (let i = 0; i < head; i++) pairs.push([i, i]);
	for (let i = 0, j = 0; i < n && j < m;) {
		if (a[head + i] === b[head + j]) pairs.push([head + i++, head + j++]);
		else if (best[(i + 1) * width + j]! >= best[i * width + j + 1]!) i++;
		else j++;
	}
	for (let i = tail; i > 0; i--) pairs.push([a.length - i, b.length - i]);
	return pairs;
}

/** Both sides cut where they agree: runs of the same parts, and between them what went out and what came in. */
function cut(a: string[], b: string[]): Piece[] {
	const pairs = common(a, b) ?? [];
	const out: Piece[] = [];
	const add = (kind: Piece['kind'], text: string) => {
		if (!text) return;
		const last = out.at(-1);
		if (last?.kind === kind) last.text += text;
		else out.push({ kind, text });
	};
	let i = 0;
	let j = 0;
	for (const [x, y] of [...pairs, [a.length, b.length] as [number, number]]) {
		add('out', a.slice(i, x).join(''));
		add('in', b.slice(j, y).join(''));
		if (x < a.length) add('same', a[x]!);
		i = x + 1;
		j = y + 1;
	}
	return out;
}

/** Makes one change of two that stand in the same clause, and puts what went out before what came in. */
function joined(pieces: Piece[]): Piece[] {
	const out: Piece[] = [];
	let gone = '';
	let come = '';
	const close = () => {
		// Blanks that both sides end on are no change.
		const blank = gone && come ? trailing(gone, come) : '';
		const cutAt = (text: string) => (blank ? text.slice(0, -blank.length) : text);
		if (cutAt(gone)) out.push({ kind: 'out', text: cutAt(gone) });
		if (cutAt(come)) out.push({ kind: 'in', text: cutAt(come) });
		if (blank) out.push({ kind: 'same', text: blank });
		gone = come = '';
	};
	pieces.forEach((piece, at) => {
		if (piece.kind === 'out') gone += piece.text;
		else if (piece.kind === 'in') come += piece.text;
		else {
			const isInside = (gone || come) && at < pieces.length - 1 && !CLAUSE_ENDS.test(piece.text);
			if (isInside) {
				gone += piece.text;
				come += piece.text;
			} else {
				close();
				out.push({ ...piece });
			}
		}
	});
	close();
	return gathered(out);
}

function trailing(a: string, b: string): string {
	const of = (text: string) => /\s*$/.exec(text)![0];
	return of(a) === of(b) ? of(a) : '';
}

/** A change alone between two words takes the blank behind it, not the one before: it then begins with a word. */
function slid(pieces: Piece[]): Piece[] {
	pieces.forEach((piece, at) => {
		const [last, next] = [pieces[at - 1], pieces[at + 1]];
		if (piece.kind === 'same' || last?.kind !== 'same' || next?.kind !== 'same') return;
		const blank = /^\s+/.exec(piece.text)?.[0];
		if (!blank || !next.text.startsWith(blank)) return;
		last.text += blank;
		piece.text = piece.text.slice(blank.length) + blank;
		next.text = next.text.slice(blank.length);
	});
	return pieces.filter((piece) => piece.text);
}

function gathered(pieces: Piece[]): Piece[] {
	return pieces.reduce<Piece[]>((list, piece) => {
		const last = list.at(-1);
		if (last?.kind === piece.kind) last.text += piece.text;
		else list.push({ ...piece });
		return list;
	}, []);
}

/** From `before` to `after`; all pieces but `in` make the one, all but `out` the other. */
export function diff(before: string, after: string): Piece[] {
	if (before === after) return before ? [{ kind: 'same', text: before }] : [];
	// Paragraphs first: what nobody touched need not be compared word by word.
	const blocks = cut(lines(before), lines(after));
	const out: Piece[] = [];
	for (let at = 0; at < blocks.length; at++) {
		const block = blocks[at]!;
		const next = blocks[at + 1];
		if (block.kind === 'out' && next?.kind === 'in') {
			out.push(...joined(cut(tokens(block.text), tokens(next.text))));
			at++;
		} else {
			out.push(block);
		}
	}
	return slid(gathered(out));
}

const letters = (pieces: Piece[], ...kinds: Piece['kind'][]) =>
	pieces
		.filter((piece) => kinds.includes(piece.kind))
		.reduce((sum, piece) => sum + piece.text.replace(/\s/g, '').length, 0);

/**
 * More than half is different and in more than one place, or a long passage shares nothing: then the old and the new
 * are read one under the other.
 */
export function isRewritten(pieces: Piece[]): boolean {
	const same = letters(pieces, 'same');
	const old = same + letters(pieces, 'out');
	const changes = pieces.filter((piece, at) => piece.kind !== 'same' && pieces[at - 1]?.kind !== 'out');
	if (changes.length > 1) return same < old / 2;
	return old > 160 && same < old / 8;
}

/** How many places differ: an *out* followed by its *in* is one. */
export function countChanges(pieces: Piece[]): number {
	return pieces.filter(
		(piece, at) => piece.kind !== 'same' && !(piece.kind === 'in' && pieces[at - 1]?.kind === 'out')
	).length;
}
