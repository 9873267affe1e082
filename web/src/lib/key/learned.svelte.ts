/**
 * What the name key finds in a text, and what the phone has learned from earlier ones: words that looked like names
 * and are none, and names that were replaced. All of it lies with the key and is locked with it.
 *
 *   learned.finder          finds the names of the key and of earlier texts (reactive)
 *   await learned.ready()   it knows the everyday words it must not take for misspelt names
 *   learned.wordsIn(text)   words of this text that she said before are no names
 *   learned.keepAsWords(quotes), learned.replacedEarlier(…) → what takes it back
 *   learned.alsoCalled(caseId, nickname)
 */
import { Finder, isBareName, isSame } from './find.ts';
import { names, type Known, type Names } from './names.svelte.ts';

/** So many are remembered, the newest; a slip of years ago need not be. */
const MOST_WORDS = 500;
const MOST_EARLIER = 200;

export type TakeBack = () => Promise<void>;

export class Learned {
	#names: Names;
	#ordinary = $state.raw<ReadonlySet<string>>(new Set());

	readonly finder = $derived.by(() => {
		const known = [...this.#names.list, ...this.#names.earlier];
		// Ten kilobytes that only a key with names in it needs.
		if (known.length && !this.#ordinary.size) void this.ready();
		return new Finder(known, this.#ordinary);
	});

	constructor(of: Names) {
		this.#names = of;
	}

	async ready(): Promise<void> {
		if (!this.#ordinary.size) this.#ordinary = (await import('./ordinary.ts')).ordinary;
	}

	/** None that has since been put into the key. */
	wordsIn(text: string): string[] {
		return this.#names.words.filter((word) => text.includes(word) && !this.finder.whose(word));
	}

	/** One more way this student is called. */
	async alsoCalled(caseId: string, nickname: string): Promise<void> {
		const known = this.#names.list.find((one) => one.case_id === caseId);
		if (known && !this.finder.whose(nickname)) {
			await this.#names.learn({ ...known, also: [...(known.also ?? []), nickname] });
		}
	}

	/** What looked like a name and is none, here and in later texts. */
	async keepAsWords(quotes: string[]): Promise<TakeBack> {
		const { words } = this.#names;
		const fresh = quotes.filter((quote) => !words.includes(quote) && !this.finder.whose(quote));
		if (fresh.length) await this.#names.remember({ words: [...words, ...fresh].slice(-MOST_WORDS) });
		return () => this.dropWords(fresh);
	}

	async dropWords(quotes: string[]): Promise<void> {
		if (!quotes.length) return;
		await this.#names.remember({ words: this.#names.words.filter((word) => !quotes.includes(word)) });
	}

	/** Names she replaced are looked for in later texts too. */
	async replacedEarlier(replaced: { quote: string; says: string }[]): Promise<TakeBack> {
		const fresh = replaced
			.filter(({ quote }) => isBareName(quote) && !this.finder.whose(quote))
			.map(({ quote, says }): Known => ({ name: quote, says, earlier: true }));
		const { earlier } = this.#names;
		if (fresh.length) await this.#names.remember({ earlier: [...earlier, ...fresh].slice(-MOST_EARLIER) });
		return () => this.forgetEarlier(fresh.map((known) => known.name));
	}

	/** These are not looked for in later texts any more. */
	async forgetEarlier(quotes: string[]): Promise<void> {
		const { earlier } = this.#names;
		const left = earlier.filter((known) => !quotes.some((quote) => isSame(known.name, quote)));
		if (left.length < earlier.length) await this.#names.remember({ earlier: left });
	}
}

export const learned = new Learned(names);
