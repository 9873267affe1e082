/** A span of words to mark, half-open, in UTF-16 offsets as the browser counts. */
export interface Mark {
	start: number;
	end: number;
	look: 'name' | 'found';
	id?: string;
}

/** Cuts a text at its marks. Marks may come in any order; one that overlaps an earlier one is left out. */
export function pieces(text: string, marks: Mark[]): { text: string; mark?: Mark }[] {
	const out: { text: string; mark?: Mark }[] = [];
	let at = 0;
	for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
		if (mark.start < at || mark.end > text.length || mark.end <= mark.start) continue;
		if (mark.start > at) out.push({ text: text.slice(at, mark.start) });
		out.push({ text: text.slice(mark.start, mark.end), mark });
		at = mark.end;
	}
	if (at < text.length) out.push({ text: text.slice(at) });
	return out;
}
