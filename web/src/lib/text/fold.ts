const LETTERS: Record<string, string> = { ł: 'l', ø: 'o', đ: 'd', ı: 'i', æ: 'ae', œ: 'oe', ß: 'ss' };

/** Lower case without diacritics or apostrophes: how names are compared. "José", "JOSE" and "Jose\u0301" are one. */
export function fold(text: string): string {
	return text
		.toLowerCase()
		.normalize('NFKD')
		.replace(/[\p{M}'’ʼ]/gu, '')
		.replace(/[łøđıæœß]/g, (letter) => LETTERS[letter]!);
}

/** Words with their places, a closing possessive left out: "Jonah" of "Jonah’s". Offsets are UTF-16. */
export interface Token {
	start: number;
	end: number;
	raw: string;
	low: string;
}

export function tokens(text: string): Token[] {
	return [...text.matchAll(/[\p{L}\p{M}]+(?:['’ʼ][\p{L}\p{M}]+)*/gu)].map((match) => {
		const raw = match[0].replace(/['’ʼ]s$/i, '');
		return { start: match.index, end: match.index + raw.length, raw, low: fold(raw) };
	});
}

/** Whether two different words are one slip apart: a letter too many, missing, wrong, or two swapped. */
export function isOneSlip(one: string, other: string): boolean {
	const [long, short] = one.length >= other.length ? [one, other] : [other, one];
	if (long.length - short.length > 1 || long === short) return false;
	let at = 0;
	while (at < short.length && long[at] === short[at]) at++;
	if (long.length > short.length) return long.slice(at + 1) === short.slice(at);
	if (long.slice(at + 1) === short.slice(at + 1)) return true;
	return (
		long[at] === short[at + 1] && long[at + 1] === short[at] && long.slice(at + 2) === short.slice(at + 2)
	);
}
