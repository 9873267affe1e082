/**
 * The name key: which real name stands behind an alias or a placeholder. It lives on this phone only, sealed under a
 * key of its own; nothing here ever goes to the service, a log or an address.
 *
 *   names.state           'none' nobody yet · 'open' · 'locked' (asks for the PIN)
 *   names.list            what is known, when open (reactive)
 *   names.labelOf(caseId) the private name of a student, or undefined
 *   names.learn(known)    adds or replaces one; names.drop(name) forgets one
 *   names.place(which)    her own school, district or town
 *   names.words, .earlier what `learned` keeps beside it: words that are no names, names of earlier texts
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
import type { Wrapped } from './crypto.ts';

export type OwnPlace = 'school' | 'district' | 'town';

/** One name the teacher knows, and what is said instead. With `case_id` it is that student's. */
export interface Known {
	name: string;
	says: string;
	case_id?: string;
	/** Nicknames and other ways to write it. */
	also?: string[];
	/** Her own school, district or town. */
	place?: OwnPlace;
	/** Not put into the key by hand: she replaced it in an earlier text. */
	earlier?: boolean;
}

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
/** Secrets are typed rarely: what makes keys of them is fetched then. */
const secrets = () => import('./crypto.ts');
const OFFER_AT = 3;
const ROOM = 'key';

export class Names {
	state = $state<'none' | 'open' | 'locked'>('none');
	#content = $state.raw<Content>({ names: [] });
	#db: IDBPDatabase | undefined;
	#key: CryptoKey | undefined;
	#hasPin = $state(false);
	#turn: Promise<unknown> = Promise.resolve();
	/** What the phone keeps has been read. */
	#isRead = $state(false);
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
	get earlier(): Known[] {
		return this.#content.earlier ?? [];
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
		this.#content = await open<Content>(key, ROOM, content);
		this.state = 'open';
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
		await this.#inTurn(async () => {
			await this.#db?.delete(ROOM, 'open');
			this.#key = undefined;
			this.#content = { names: [] };
			this.state = 'locked';
		});
	}

	/** At sign-out: locked where there is a PIN, hidden in any case. */
	async leave(): Promise<void> {
		await this.lock();
		await this.hide();
	}

	/** Out of sight once what was just learned is on the disk. */
	async hide(): Promise<void> {
		await this.#turn;
		this.close();
	}

	/** Throws OperationError when the PIN is another one. */
	async unlock(pin: string): Promise<void> {
		const wrapped = (await this.#db?.get(ROOM, 'wrapped')) as Wrapped | undefined;
		const content = (await this.#db?.get(ROOM, 'content')) as Sealed | undefined;
		if (!wrapped || !content) return;
		const { unwrap } = await secrets();
		const key = await unwrap(wrapped, pin);
		this.#content = await open<Content>(key, ROOM, content);
		this.#key = key;
		await this.#db!.put(ROOM, key, 'open');
		this.state = 'open';
	}

	/** Gives the names a new key that only this PIN brings back after a sign-out. */
	async setPin(pin: string): Promise<void> {
		if (pin.length < PIN_LENGTH) throw new RangeError('too short');
		await this.#inTurn(async () => {
			const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, [
				'encrypt',
				'decrypt'
			]);
			const { wrap, unwrap } = await secrets();
			const wrapped = await wrap(fresh, pin);
			const key = await unwrap(wrapped, pin);
			const content = await seal(key, ROOM, this.#content);
			await this.#write({ open: key, wrapped, content });
			this.#key = key;
			this.#hasPin = true;
			this.state = 'open';
		});
	}

	/** Without a PIN again: a new key that opens by itself for the one who is signed in. */
	async dropPin(): Promise<void> {
		await this.#inTurn(async () => {
			if (this.state !== 'open') return;
			const key = await newKey();
			await this.#write({ open: key, content: await seal(key, ROOM, this.#content) }, ['wrapped']);
			this.#key = key;
			this.#hasPin = false;
		});
	}

	/** Every name leaves this phone, also a locked one: nothing opens it afterwards, the keys go with it. */
	async forget(): Promise<void> {
		await this.#inTurn(async () => {
			await this.#write({}, ['open', 'wrapped', 'content']);
			this.#key = undefined;
			this.#hasPin = false;
			this.#content = { names: [] };
			this.state = 'none';
		});
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
		const learned = { ...known, name, also: also.length ? also : undefined };
		await this.#save({
			...this.#content,
			names: [...others, learned],
			earlier: this.earlier.filter((other) => other.name.toLowerCase() !== name.toLowerCase())
		});
	}

	/** School, district and town were asked for, whatever the answer. */
	async askedForPlaces(): Promise<void> {
		await this.#save({ ...this.#content, asked: true });
	}

	async show(shown: boolean): Promise<void> {
		await this.#save({ ...this.#content, shown });
	}

	/** Words that are no names, or names of earlier texts: kept beside the key and locked with it. */
	async remember(part: { words?: string[]; earlier?: Known[] }): Promise<void> {
		await this.#save({ ...this.#content, ...part });
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
		const { sealFile } = await secrets();
		const text = await sealFile({ names, words } satisfies Copy, passphrase);
		if (saved) await this.#save({ ...this.#content, copied_at: new Date().toISOString() });
		return text;
	}

	/** Adds the names of a saved copy to those here. Throws when the file or the passphrase is not right. */
	async restore(text: string, passphrase: string): Promise<number> {
		const { openFile } = await secrets();
		const copy = await openFile<Copy>(text, passphrase);
		const { names, words = [] } = Array.isArray(copy) ? { names: copy } : copy;
		const isAll = !this.#content.names.length;
		for (const known of names) await this.learn(known);
		await this.remember({ words: [...new Set([...this.words, ...words])] });
		if (isAll) await this.#save({ ...this.#content, copied_at: new Date().toISOString() });
		return names.length;
	}

	/** Known at once, and on the disk when this resolves. */
	async #save(content: Content): Promise<void> {
		// What is locked is not in memory: saving now would put nothing in its place.
		if (this.state === 'locked') return;
		this.#content = content;
		this.state = 'open';
		const db = this.#db;
		await this.#inTurn(async () => {
			if (db !== this.#db || !db || this.state !== 'open') return;
			const key = this.#key ?? (await newKey());
			const sealed = await seal(key, ROOM, this.#content);
			await this.#write({ ...(this.#key ? {} : { open: key }), content: sealed });
			this.#key = key;
		});
	}

	/** One after the other: what is sealed under one key must not be written after another took its place. */
	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#turn.then(work);
		this.#turn = done.catch(() => undefined);
		return done;
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
session.onclose((why) => (why === 'signed_out' ? names.leave() : names.hide()));
