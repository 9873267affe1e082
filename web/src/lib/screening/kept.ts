/** Words that were flagged and are no names, by the field they stand in: `{ body: ['Wilson'] }`. */
export type Kept = Record<string, string[]>;

/** The part of a body that says what was kept, or nothing. */
export function withKept(kept?: Kept): { kept?: Kept } {
	const said = Object.entries(kept ?? {}).filter(([, words]) => words.length);
	return said.length ? { kept: Object.fromEntries(said) } : {};
}
