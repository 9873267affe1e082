/**
 * The name key: which real name stands behind an alias or a placeholder. It lives on this phone only, sealed under a
 * key of its own; nothing here ever goes to the service, a log or an address.
 *
 *   names.state           'none' nobody yet · 'open' · 'locked' (asks for the PIN)
 *   names.list            what is known, when open (reactive)
 *   names.finder          finds them in a text, with those replaced in earlier texts (reactive)
 *   names.labelOf(caseId) the private name of a student, or undefined
 *   names.learn(known)    adds or replaces one; names.drop(name) forgets one
 *   names.alsoCalled(caseId, nickname)
 *   names.place(which)    her own school, district or town
 *   names.replacedEarlier(quotes, says), names.keepAsWords(quotes), names.wordsIn(text)
 *   names.shown           her own screen shows real names in what she reads
 *   names.setPin(pin), names.unlock(pin), names.dropPin(), names.lock()
 *   names.forget()        every name leaves this phone
 *   names.copy(passphrase) → text of a file; names.restore(text, passphrase)
 *   names.offersCopy      three names and no copy made yet
 *
 * With a PIN (6 or more) the key is stored wrapped by it, and sign-out takes the open one away: locked, never wiped.
 * Without one, sign-out hides the names until the same person signs in again on this phone. On a shared phone it is in
 * memory only.
 */
import { openDB, type IDBPDatabase } from 'idb';
import { open, seal, newKey, type Sealed } from '#lib/disk/seal.ts';
import { session, store } from '#lib/session/session.svelte.ts';
import { openFile, sealFile, unwrap, wrap, type Wrapped } from './crypto.ts';
import { Finder, isBareName, isSame, type Known, type OwnPlace } from './find.ts';

export type { Known, OwnPlace } from './find.ts';

interface Content {
	names: Known[];
	/** Words that looked like names and are none, as they were written. */
	words?: string[];
	/** Names replaced in earlier texts that nobody put into the key. */
	earlier?: Known[];
	/** Real names are drawn in what its owner reads. */
	shown?: boolean;
	/** She was asked for her school, district and town. */
	asked?: boolean;
	copied_at?: string;
	/** The offer of a copy was put off. */
	later?: boolean;
}

/** What a saved copy holds; before there were words in it, it was the names alone. */
type Copy = Known[] | Pick<Content, 'names' | 'words'>;

export const PIN_LENGTH = 6;
/** So many are remembered, the newest; a slip of years ago need not be. */
const MOST_WORDS = 500;
const MOST_EARLIER = 200;
const OFFER_AT = 3;
const ROOM = 'key';

export class Names {
	state = $state<'none' | 'open' | 'locked'>('none');
	#content = $state.raw<Content>({ names: [] });
	#db: IDBPDatabase | undefined;
	#key: CryptoKey | undefined;
	#hasPin = $state(false);
	/** What the phone keeps has been read. */
	#isRead = $state(false);
	#ordinary = $state.raw<ReadonlySet<string>>(new Set());

	readonly finder = $derived.by(
		() => new Finder([...this.list, ...(this.#content.earlier ?? [])], this.#ordinary)
	);

	/** A student is said by the alias of today, also one changed while the names were locked. */
	get list(): Known[] {
		return this.#content.names.map((known) => {
			const alias = known.case_id && store.get('case', known.case_id)?.alias;
			return alias ? { ...known, says: alias } : known;
		});
	}
	get hasPin(): boolean {
		return this.#hasPin;
	}
	/** A copy was saved at some time; names learned later may not be in it. */
	get isCopied(): boolean {
		return this.#content.copied_at !== undefined;
	}
	get offersCopy(): boolean {
		const { names, copied_at, later } = this.#content;
		return this.state === 'open' && names.length >= OFFER_AT && !copied_at && !later;
	}

	labelOf(caseId: string | null | undefined): string | undefined {
		return caseId ? this.list.find((known) => known.case_id === caseId)?.name : undefined;
	}

	place(which: OwnPlace): Known | undefined {
		return this.list.find((known) => known.place === which);
	}
	/** School, district and town were never asked for, and there is a key to keep them. */
	get asksForPlaces(): boolean {
		const isOpen = this.#isRead && this.state !== 'locked';
		return isOpen && !this.#content.asked && !this.list.some((known) => known.place);
	}
	/** Her own screen shows real names in what she reads. */
	get shown(): boolean {
		return this.#content.shown ?? false;
	}
	get words(): string[] {
		return this.#content.words ?? [];
	}
	/** Words of this text that she said before are no names. */
	wordsIn(text: string): string[] {
		return this.words.filter((word) => text.includes(word) && !this.finder.whose(word));
	}

	/** Opens this person's key, if there is one and no PIN keeps it. */
	async open(personId: string, lasting: boolean): Promise<void> {
		this.close();
		if (!lasting) return;
		this.#db = await openDB(`names-${personId}`, 1, { upgrade: (db) => void db.createObjectStore(ROOM) });
		const [key, wrapped, content] = await Promise.all([
			this.#db.get(ROOM, 'open') as Promise<CryptoKey | undefined>,
			this.#db.get(ROOM, 'wrapped') as Promise<Wrapped | undefined>,
			this.#db.get(ROOM, 'content') as Promise<Sealed | undefined>
		]);
		this.#hasPin = wrapped !== undefined;
		this.#isRead = true;
		if (!content) return;
		if (!key) {
			this.state = 'locked';
			return;
		}
		this.#key = key;
		await this.#show(await open<Content>(key, ROOM, content));
		this.state = 'open';
	}

	async #show(content: Content): Promise<void> {
		this.#content = content;
		// Ten kilobytes that only a key with names in it needs.
		if (!this.#ordinary.size && (content.names.length || content.earlier?.length)) {
			const { ordinary } = await import('./ordinary.ts');
			this.#ordinary = ordinary;
		}
	}

	/** Out of sight. */
	close(): void {
		this.#db?.close();
		this.#db = undefined;
		this.#key = undefined;
		this.#hasPin = false;
		this.#isRead = false;
		this.#content = { names: [] };
		this.state = 'none';
	}

	/** With a PIN, nothing left here opens the names but the PIN. */
	async lock(): Promise<void> {
		if (!this.#hasPin) return;
		await this.#db?.delete(ROOM, 'open');
		this.#key = undefined;
		this.#content = { names: [] };
		this.state = 'locked';
	}

	/** At sign-out: locked where there is a PIN, hidden in any case. */
	async leave(): Promise<void> {
		await this.lock();
		this.close();
	}

	/** Throws OperationError when the PIN is another one. */
	async unlock(pin: string): Promise<void> {
		const wrapped = (await this.#db?.get(ROOM, 'wrapped')) as Wrapped | undefined;
		const content = (await this.#db?.get(ROOM, 'content')) as Sealed | undefined;
		if (!wrapped || !content) return;
		const key = await unwrap(wrapped, pin);
		await this.#show(await open<Content>(key, ROOM, content));
		this.#key = key;
		await this.#db!.put(ROOM, key, 'open');
		this.state = 'open';
	}

	/** Gives the names a new key that only this PIN brings back after a sign-out. */
	async setPin(pin: string): Promise<void> {
		if (pin.length < PIN_LENGTH) throw new RangeError('too short');
		const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, [
			'encrypt',
			'decrypt'
		]);
		const wrapped = await wrap(fresh, pin);
		const key = await unwrap(wrapped, pin);
		const content = await seal(key, ROOM, this.#content);
		await this.#write({ open: key, wrapped, content });
		this.#key = key;
		this.#hasPin = true;
		this.state = 'open';
	}

	/** Without a PIN again: a new key that opens by itself for the one who is signed in. */
	async dropPin(): Promise<void> {
		if (this.state !== 'open') return;
		const key = await newKey();
		await this.#write({ open: key, content: await seal(key, ROOM, this.#content) }, ['wrapped']);
		this.#key = key;
		this.#hasPin = false;
	}

	/** Every name leaves this phone, also a locked one: nothing opens it afterwards, the keys go with it. */
	async forget(): Promise<void> {
		await this.#write({}, ['open', 'wrapped', 'content']);
		this.#key = undefined;
		this.#hasPin = false;
		this.#content = { names: [] };
		this.state = 'none';
	}

	async learn(known: Known): Promise<void> {
		const name = known.name.trim().replace(/\s+/g, ' ');
		if (!name || this.state === 'locked') return;
		const others = this.list.filter(
			(other) =>
				other.name.toLowerCase() !== name.toLowerCase() &&
				!(known.case_id && other.case_id === known.case_id) &&
				!(known.place && other.place === known.place)
		);
		const also = [...new Set((known.also ?? []).map((one) => one.trim()).filter(Boolean))];
		const learned = { ...known, name, ...(also.length ? { also } : {}) };
		await this.#save({
			...this.#content,
			names: [...others, learned],
			earlier: this.#content.earlier?.filter((other) => !isSame(other.name, name))
		});
	}

	/** One more way this student is called. */
	async alsoCalled(caseId: string, nickname: string): Promise<void> {
		const known = this.list.find((one) => one.case_id === caseId);
		if (known && !this.finder.whose(nickname)) {
			await this.learn({ ...known, also: [...(known.also ?? []), nickname] });
		}
	}

	/** School, district and town were asked for, whatever the answer. */
	async askedForPlaces(): Promise<void> {
		await this.#save({ ...this.#content, asked: true });
	}

	async show(shown: boolean): Promise<void> {
		await this.#save({ ...this.#content, shown });
	}

	/** What looked like a name and is none, here and in later texts. Gives back what takes that back. */
	async keepAsWords(quotes: string[]): Promise<() => Promise<void>> {
		const fresh = quotes.filter((quote) => !this.words.includes(quote) && !this.finder.whose(quote));
		if (fresh.length)
			await this.#save({ ...this.#content, words: [...this.words, ...fresh].slice(-MOST_WORDS) });
		return () => this.dropWords(fresh);
	}

	async dropWords(quotes: string[]): Promise<void> {
		if (!quotes.length) return;
		await this.#save({ ...this.#content, words: this.words.filter((word) => !quotes.includes(word)) });
	}

	/** Names she replaced are looked for in later texts too. Gives back what takes that back. */
	async replacedEarlier(replaced: { quote: string; says: string }[]): Promise<() => Promise<void>> {
		const fresh = replaced
			.filter(({ quote }) => isBareName(quote) && !this.finder.whose(quote))
			.map(({ quote, says }): Known => ({ name: quote, says, earlier: true }));
		if (fresh.length)
			await this.#saveEarlier([...(this.#content.earlier ?? []), ...fresh].slice(-MOST_EARLIER));
		return () => this.forgetEarlier(fresh.map((known) => known.name));
	}

	/** These are not looked for in later texts any more. */
	async forgetEarlier(quotes: string[]): Promise<void> {
		const earlier = this.#content.earlier ?? [];
		const left = earlier.filter((known) => !quotes.some((quote) => isSame(known.name, quote)));
		if (left.length < earlier.length) await this.#saveEarlier(left);
	}

	#saveEarlier(earlier: Known[]): Promise<void> {
		return this.#save({ ...this.#content, earlier });
	}

	async drop(name: string): Promise<void> {
		await this.#save({ ...this.#content, names: this.list.filter((known) => known.name !== name) });
	}

	/** The alias has changed: what is said instead changes with it. */
	async rename(caseId: string, alias: string): Promise<void> {
		const names = this.list.map((known) => (known.case_id === caseId ? { ...known, says: alias } : known));
		await this.#save({ ...this.#content, names });
	}

	async putOffCopy(): Promise<void> {
		await this.#save({ ...this.#content, later: true });
	}

	/** The text of a file to save elsewhere; carried to another phone at once it is no copy that was `saved`. */
	async copy(passphrase: string, saved = true): Promise<string> {
		const { names, words } = this.#content;
		const text = await sealFile({ names, words } satisfies Copy, passphrase);
		if (saved) await this.#save({ ...this.#content, copied_at: new Date().toISOString() });
		return text;
	}

	/** Adds the names of a saved copy to those here. Throws when the file or the passphrase is not right. */
	async restore(text: string, passphrase: string): Promise<number> {
		const copy = await openFile<Copy>(text, passphrase);
		const { names, words = [] } = Array.isArray(copy) ? { names: copy } : copy;
		const isAll = !this.#content.names.length;
		for (const known of names) await this.learn(known);
		await this.keepAsWords(words);
		if (isAll) await this.#save({ ...this.#content, copied_at: new Date().toISOString() });
		return names.length;
	}

	async #save(content: Content): Promise<void> {
		// What is locked is not in memory: saving now would put nothing in its place.
		if (this.state === 'locked') return;
		if (this.#db) {
			const key = this.#key ?? (await newKey());
			await this.#write({ ...(this.#key ? {} : { open: key }), content: await seal(key, ROOM, content) });
			this.#key = key;
		}
		await this.#show(content);
		this.state = 'open';
	}

	/** All of it or nothing: a key must never be left without what it opens. */
	async #write(rows: Record<string, unknown>, gone: string[] = []): Promise<void> {
		if (!this.#db) return;
		const tx = this.#db.transaction(ROOM, 'readwrite', { durability: 'strict' });
		for (const name of gone) void tx.store.delete(name);
		for (const [name, value] of Object.entries(rows)) void tx.store.put(value, name);
		await tx.done;
	}
}

export const names = new Names();
session.onopen((personId, disk) => names.open(personId, disk.lasting));
session.onclose((why) => (why === 'signed_out' ? names.leave() : names.close()));
