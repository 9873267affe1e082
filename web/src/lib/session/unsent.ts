/** What lies on this phone and nowhere else, for the question before one leaves. */
import { countWords } from '#lib/nav/waiting.ts';
import { outbox, session } from './session.svelte.ts';

function hasWords(value: unknown): boolean {
	if (!value || typeof value !== 'object') return typeof value === 'string' && value.trim() !== '';
	return Object.entries(value).some(
		([key, inner]) =>
			(/^(text|body|suggestion|note|title)$/.test(key) && typeof inner === 'string' && inner.trim() !== '') ||
			(inner !== null && typeof inner === 'object' && hasWords(inner))
	);
}

/** "2 things are not sent yet", "words you have begun": sentences, none when everything is safe elsewhere. */
export async function unsentWords(): Promise<string[]> {
	const unsent = outbox.commands.filter((one) => one.state !== 'sent' && !one.quiet);
	const carried = new Set(outbox.commands.map((one) => one.upload?.take_id).filter(Boolean));
	const [takes, writing] = await Promise.all([session.disk.all('takes'), session.disk.all('writing')]);
	const recordings = takes.filter((take) => !carried.has(take.key)).length;
	const words: string[] = [];
	if (unsent.length) {
		const counted = countWords(unsent);
		words.push(`${counted} ${counted.startsWith('1 ') ? 'is' : 'are'} not sent yet.`);
	}
	if (recordings)
		words.push(
			recordings === 1 ? 'A recording is not sent yet.' : `${recordings} recordings are not sent yet.`
		);
	if (writing.some((row) => hasWords(row.value)))
		words.push('Words you have begun are still in their field.');
	return words;
}
