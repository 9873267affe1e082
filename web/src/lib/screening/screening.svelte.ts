/**
 * The screen at work on one text while it is written. Names of the teacher's own key are found on the phone at once
 * and stand replaced in whatever is screened further: by the screen on the phone, or while that is not ready by the
 * service, which keeps nothing of it. Where neither can be asked the service's gate has the last word.
 *
 *   const words = new Screening();       words.text is bound to the field
 *   words.open                           flags nobody has answered yet (reactive); .sure of them, .asks of them
 *   words.replaceAll(), words.replaceOne(flag, by), words.notNames(), words.notName(flag) → what takes it back
 *   words.kept                           quotes that are no names, for `kept`
 *   words.people                         whose names are none here: a thread's own people
 *   words.passed                         a text that went through before; what stood in it is not asked again
 *   words.told                           names that the file of this text gave away
 *   await words.settled()                the newest text has been looked at, or it could not be
 */
import { screen } from '#lib/ask/ask.ts';
import type { Caution, ScreenAnswer, Told } from '#lib/api/shapes.ts';
import { learned } from '#lib/key/learned.svelte.ts';
import { fold } from '#lib/text/fold.ts';
import { normal } from '#lib/text/points.ts';
import {
	covered,
	foundFlags,
	isCertain,
	knownFlags,
	merged,
	moved,
	replaced,
	toldFlags,
	type Flag
} from './flags.ts';
import { onPhone } from './onPhone.svelte.ts';

/** The phone answers at once, so hardly a pause; the service is not asked at every key. */
const PAUSE_MS = { phone: 80, service: 300 };
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

/** "Wilson" said to be no name holds for "Wilson’s" and "WILSON" too, here as at the service's gate. */
const coreOf = (quote: string) => fold(quote.replace(/['’ʼ]s$/i, ''));

type Undo = () => void;

export class Screening {
	#text = $state('');
	#found = $state.raw<Flag[]>([]);
	kept = $state<string[]>([]);
	people = $state.raw<string[]>([]);
	passed = $state.raw('');
	told = $state.raw<Told[]>([]);
	cautions = $state.raw<Caution[]>([]);
	/** `away`: nobody could be asked, the gate decides later. */
	state = $state<'idle' | 'asking' | 'seen' | 'away'>('idle');
	/** Who looked last. */
	by = $state<'phone' | 'service'>();

	#timer: ReturnType<typeof setTimeout> | undefined;
	#asking: AbortController | undefined;
	#running: Promise<void> | undefined;
	#seen = '';

	constructor(text = '', kept: string[] = [], flags: Flag[] = []) {
		this.#text = text;
		this.kept = kept;
		this.#found = flags;
	}

	get text(): string {
		return this.#text;
	}
	set text(value: string) {
		if (value === this.#text) return;
		this.#found = moved(this.#found, this.#text, value);
		this.#text = value;
		clearTimeout(this.#timer);
		if (!value.trim()) {
			this.#asking?.abort();
			this.#found = [];
			this.cautions = [];
			this.state = 'idle';
			return;
		}
		const pause = onPhone.state === 'ready' ? PAUSE_MS.phone : PAUSE_MS.service;
		this.#timer = setTimeout(() => void this.#look(), pause);
	}

	readonly flags = $derived.by(() => {
		const known = knownFlags(this.#text, learned.finder);
		// The screen may see a known name where the key did not dare to ("grace"): then it is hers.
		const found = this.#found.map((flag) => {
			const whose = flag.label === 'PERSON' ? learned.finder.whose(flag.quote) : undefined;
			return whose && !whose.earlier
				? { ...flag, replacement: whose.says, known: whose, how: 'word' as const }
				: flag;
		});
		return merged([...known, ...found, ...toldFlags(this.#text, this.told)]);
	});
	/** What still wants an answer. A name of the key always does: it is one. */
	readonly open = $derived.by(() => {
		const kept = new Set(this.kept.map(coreOf));
		return this.flags.filter(
			(flag) =>
				isCertain(flag) ||
				!(
					kept.has(coreOf(flag.quote)) ||
					this.passed.includes(normal(flag.quote)) ||
					isOneOf(this.people, flag.quote)
				)
		);
	});
	readonly sure = $derived(this.open.filter((flag) => flag.sure));
	/** Questions, which only the writer can answer. */
	readonly asks = $derived(this.open.filter((flag) => !flag.sure));

	/** The text as it is sent. */
	get normal(): string {
		return normal(this.#text).trim();
	}

	/** Looks now, if nobody has looked at the newest text; resolves when it was, or when it cannot be for now. */
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
		this.#running = this.#ask(asking.signal);
		return this.#running;
	}

	async #ask(signal: AbortSignal): Promise<void> {
		const text = this.#text;
		// What she said before is no name here either, and the service must hear it with this text.
		const before = learned.wordsIn(text).filter((word) => !this.kept.includes(word));
		if (before.length) this.kept = [...this.kept, ...before];
		const cover = covered(text, learned.finder);
		this.state = 'asking';
		try {
			const answer = await this.#answer(cover.text, signal);
			if (signal.aborted) return;
			this.#found = moved(foundFlags(text, cover, answer.findings), text, this.#text);
			this.cautions = answer.cautions ?? [];
			this.#seen = text;
			this.state = 'seen';
		} catch {
			if (!signal.aborted) this.state = 'away';
		}
	}

	async #answer(text: string, signal: AbortSignal): Promise<ScreenAnswer> {
		onPhone.warm();
		try {
			const answer = await onPhone.read(normal(text), this.kept, this.people, signal);
			this.by = 'phone';
			return answer;
		} catch {
			if (signal.aborted) throw signal.reason;
		}
		try {
			const answer = await screen(text, signal);
			this.by = 'service';
			return answer;
		} catch (error) {
			if (signal.aborted || onPhone.state !== 'starting') throw error;
		}
		// Without network there is only the phone, and it is nearly there.
		await onPhone.begun();
		const answer = await onPhone.read(normal(text), this.kept, this.people, signal);
		this.by = 'phone';
		return answer;
	}

	/** Everything that is sure to be one gets its replacement; questions stay questions. */
	replaceAll(): Undo {
		return this.#undoable(() => this.#replace(this.sure.map((flag) => ({ flag, by: sayFor(flag) }))));
	}

	replaceOne(flag: Flag, by: string): Undo {
		// The same word elsewhere means the same person.
		const same = this.open.filter((other) => other.quote.toLowerCase() === flag.quote.toLowerCase());
		return this.#undoable(() => this.#replace(same.map((each) => ({ flag: each, by }))));
	}

	#replace(changes: { flag: Flag; by: string }[]): Undo {
		const gone = new Set(changes.map(({ flag }) => flag.start));
		const left = this.#found.filter((flag) => !gone.has(flag.start));
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
		this.#found = stay;
		const people = changes.filter(({ flag }) => flag.label === 'PERSON' && !flag.known);
		return later(learned.replacedEarlier(people.map(({ flag, by }) => ({ quote: flag.quote, says: by }))));
	}

	/** None of these are names: one tap, no reason. Names of one's own key stay flagged. */
	notNames(): Undo {
		return this.#keep(this.open.filter((flag) => !isCertain(flag)));
	}

	notName(flag: Flag): Undo {
		return this.#keep([flag]);
	}

	/** Remembered on this phone, so that the same word is not asked about in the next text. */
	#keep(flags: Flag[]): Undo {
		const quotes = [...new Set(flags.map((flag) => normal(flag.quote)))];
		return this.#undoable(() => {
			this.kept = [...new Set([...this.kept, ...quotes])];
			void learned.forgetEarlier(quotes);
			return later(learned.keepAsWords(quotes));
		});
	}

	#undoable(change: () => Undo): Undo {
		const before = { text: this.#text, found: this.#found, kept: [...this.kept] };
		const takeBack = change();
		const after = this.#text;
		return () => {
			takeBack();
			this.kept = before.kept;
			// Words typed since are not thrown away for it.
			if (this.#text !== after) return void this.#look();
			this.text = before.text;
			this.#found = before.found;
		};
	}
}

/** What takes back something that is still being written down. */
const later =
	(undo: Promise<() => Promise<void>>): Undo =>
	() =>
		void undo.then((take) => take());
