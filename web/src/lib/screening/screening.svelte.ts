/**
 * The screen at work on one text while it is written. Names of the teacher's own key are seen on the phone and are
 * already replaced in what the service is asked about; the service keeps nothing of it. Without network the text goes
 * as it is and the service's gate has the last word.
 *
 *   const words = new Screening();       words.text is bound to the field
 *   words.open                           flags nobody has answered yet (reactive)
 *   words.replaceAll(), words.replaceOne(flag, by), words.notNames(), words.notName(flag)
 *   words.kept                           quotes that are no names, for `kept`
 *   words.people                         whose names are none here: a thread's own people
 *   words.passed                         a text that went through before; what stood in it is not asked again
 *   await words.settled()                the newest text has been looked at, or it could not be
 */
import { screen } from '#lib/ask/ask.ts';
import type { Caution } from '#lib/api/shapes.ts';
import { names } from '#lib/key/names.svelte.ts';
import { normal } from '#lib/text/points.ts';
import { Cover, knownFlags, merged, moved, replaced, serviceFlags, type Flag } from './flags.ts';

/** Long enough not to ask at every key, short enough to be there before the thumb has found *Send*. */
const PAUSE_MS = 450;
/** What is said for a flag the screen has no words for. */
const FALLBACK: Record<string, string> = {
	PERSON: 'someone',
	ORG: 'the school',
	PLACE: 'a place',
	ADDRESS: 'an address',
	DATE_EXACT: 'a day',
	PHONE: 'a number',
	EMAIL: 'an address',
	URL: 'a link',
	ID: 'a number'
};

export const sayFor = (flag: Flag) => flag.replacement || FALLBACK[flag.label] || 'someone';

/** "Dana", "Dana Kestrow" and "Kestrow’s" all are Dana Kestrow. */
export function isOneOf(people: string[], quote: string): boolean {
	const words = (text: string): string[] =>
		normal(text)
			.toLowerCase()
			.replace(/[’']s\b/g, '')
			.match(/[\p{L}\p{M}]+/gu) ?? [];
	const said = words(quote);
	return said.length > 0 && people.some((name) => said.every((word) => words(name).includes(word)));
}

export class Screening {
	#text = $state('');
	#fromService = $state.raw<Flag[]>([]);
	kept = $state<string[]>([]);
	people = $state.raw<string[]>([]);
	passed = $state.raw('');
	cautions = $state.raw<Caution[]>([]);
	/** `away`: it could not be asked, the gate decides later. */
	state = $state<'idle' | 'asking' | 'seen' | 'away'>('idle');

	#timer: ReturnType<typeof setTimeout> | undefined;
	#asking: AbortController | undefined;
	#running: Promise<void> | undefined;
	#seen = '';

	constructor(text = '', kept: string[] = [], flags: Flag[] = []) {
		this.#text = text;
		this.kept = kept;
		this.#fromService = flags;
	}

	get text(): string {
		return this.#text;
	}
	set text(value: string) {
		if (value === this.#text) return;
		this.#fromService = moved(this.#fromService, this.#text, value);
		this.#text = value;
		clearTimeout(this.#timer);
		if (!value.trim()) {
			this.#asking?.abort();
			this.#fromService = [];
			this.cautions = [];
			this.state = 'idle';
			return;
		}
		this.#timer = setTimeout(() => void this.#look(), PAUSE_MS);
	}

	readonly flags = $derived.by(() => merged([...knownFlags(this.#text, names.list), ...this.#fromService]));
	/** What still wants an answer. A known name always does: it is one. */
	readonly open = $derived(
		this.flags.filter(
			(flag) =>
				flag.known ||
				!(
					this.kept.includes(normal(flag.quote)) ||
					this.passed.includes(normal(flag.quote)) ||
					isOneOf(this.people, flag.quote)
				)
		)
	);

	/** The text as it is sent. */
	get normal(): string {
		return normal(this.#text).trim();
	}

	/** Asks now, if the newest text has not been looked at; resolves when it has, or after the network gave up. */
	async settled(): Promise<void> {
		clearTimeout(this.#timer);
		if (!this.#text.trim()) return;
		if (this.#seen !== this.#text) void this.#look();
		await this.#running;
	}

	#look(): Promise<void> {
		this.#asking?.abort();
		const asking = new AbortController();
		this.#asking = asking;
		this.#running = this.#ask(asking);
		return this.#running;
	}

	async #ask(asking: AbortController): Promise<void> {
		const text = this.#text;
		const cover = new Cover(text, knownFlags(text, names.list));
		this.state = 'asking';
		try {
			const answer = await screen(cover.text, asking.signal);
			if (asking.signal.aborted) return;
			this.#fromService = moved(serviceFlags(text, cover, answer.findings), text, this.#text);
			this.cautions = answer.cautions ?? [];
			this.#seen = text;
			this.state = 'seen';
		} catch {
			if (!asking.signal.aborted) this.state = 'away';
		}
	}

	replaceAll(): void {
		this.#replace(this.open.map((flag) => ({ flag, by: sayFor(flag) })));
	}

	replaceOne(flag: Flag, by: string): void {
		// The same word elsewhere means the same person.
		const same = this.open.filter((other) => other.quote.toLowerCase() === flag.quote.toLowerCase());
		this.#replace(same.map((each) => ({ flag: each, by })));
	}

	#replace(changes: { flag: Flag; by: string }[]): void {
		const gone = new Set(changes.map(({ flag }) => flag.start));
		const left = this.#fromService.filter((flag) => !gone.has(flag.start));
		const before = this.#text;
		const after = replaced(before, changes);
		// Each change shifts what comes after it: walk the flags that stay through them one by one.
		const ordered = [...changes].sort((a, b) => a.flag.start - b.flag.start);
		const stay = left.map((flag) => {
			const shift = ordered
				.filter((change) => change.flag.end <= flag.start)
				.reduce((sum, { flag: at, by }) => sum + by.length - (at.end - at.start), 0);
			return { ...flag, start: flag.start + shift, end: flag.end + shift };
		});
		this.text = after;
		this.#fromService = stay;
	}

	/** None of these are names: one tap, no reason. Names of one's own key stay flagged. */
	notNames(): void {
		this.keep(this.open.filter((flag) => !flag.known).map((flag) => flag.quote));
	}

	notName(flag: Flag): void {
		this.keep([flag.quote]);
	}

	keep(quotes: string[]): void {
		this.kept = [...new Set([...this.kept, ...quotes.map(normal)])];
	}
}
