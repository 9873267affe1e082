/**
 * The service counts in Unicode code points, the browser in UTF-16 units; they part at the first emoji.
 * Texts are compared and counted in NFC with LF, as the service stores them.
 */
export function normal(text: string): string {
	return text.replace(/\r\n?/g, '\n').normalize('NFC');
}

export function toPoints(text: string, units: number): number {
	let points = 0;
	for (let at = 0; at < units && at < text.length; points++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
	return points;
}

export function toUnits(text: string, points: number): number {
	let at = 0;
	for (let n = 0; n < points && at < text.length; n++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
	return at;
}
