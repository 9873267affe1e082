/**
 * The way in: a copy of what this person may see, kept on the phone and drawn from by every page.
 *
 * Pages read, and nothing else:
 *   store.get('thread', id)      one object, or undefined; with acts that still wait drawn into it
 *   store.all('item')            all of a kind (a plain array; filter and sort it in a `$derived`)
 *   store.under('thread', id, 'message')   the parts of one object, in the order of their ids
 *   store.kept('me')             lists kept beside the changes (see `keep`)
 *   store.ready                  the copy has been read from the phone
 *   store.whole                  the service has been asked at least once since then, or ever before
 *   store.freshAt                when it was last known to be the newest, in this life of the app
 *   store.asOf                   the same, also from an earlier life, to within a minute
 * All of these are reactive. An object with acts that still wait carries `waiting`; without, the field is absent.
 *
 * `session` opens and closes it, `live.svelte.ts` keeps it fresh by `pull()`, `outbox` draws waiting acts in by
 * `overlay()`. What the service gives comes only from `GET /api/changes`: pages until one is empty, each page and its
 * cursor in one transaction. `gone` takes everything under it along. A 410 starts over; the old copy stays until the
 * new one is complete.
 */
import { call, Refused } from '#lib/api/client.ts';
import type { Change, ChangesPage, Id, Kind, Shapes } from '#lib/api/shapes.ts';
import { MemoryDisk, type Disk, type Op, type Row } from '#lib/disk/disk.ts';
import { Overlays, type Patch, type Waiting } from './overlays.ts';
import { Rows } from './rows.ts';
import { keyOf, parentOf, partsOf, splitKey, type Obj, type Part } from './tree.ts';

export type { Patch, Waiting };

export type Stored<K extends Kind> = Shapes[K] & { waiting?: Waiting };

const KINDS: Kind[] = [
	'circle',
	'case',
	'item',
	'entry',
	'thread',
	'message',
	'draft',
	'version',
	'comment',
	'takeaway',
	'voice',
	'read'
];
const CURSOR = 'cursor';
const AS_OF = 'as_of';
const AS_OF_EVERY_MS = 60_000;

class Tick {
	n = $state(0);
}

export class Store {
	#disk: Disk = new MemoryDisk();
	#rows = new Rows();
	#overlays = new Overlays();
	#ticks = Object.fromEntries(KINDS.map((kind) => [kind, new Tick()])) as Record<Kind, Tick>;
	#lists = new Map<Kind, { tick: number; list: unknown[] }>();
	#kept = new Map<string, unknown>();
	#keptTick = new Tick();
	#cursor: string | undefined;
	#channel: BroadcastChannel | undefined;
	#pulling: Promise<void> | undefined;
	#again: Promise<void> | undefined;
	#listeners = new Set<(pull: number) => void>();
	#me = '';

	ready = $state(false);
	whole = $state(false);
	freshAt = $state<Date>();
	asOf = $state<Date>();
	/** How many pulls have begun; `outbox` uses it to know which changes a finished pull must contain. */
	pulls = 0;

	// --- reading ---

	get<K extends Kind>(kind: K, id: Id | null | undefined): Stored<K> | undefined {
		void this.#ticks[kind].n;
		return id ? (this.#merged(keyOf(kind, id)) as Stored<K> | undefined) : undefined;
	}

	all<K extends Kind>(kind: K): Stored<K>[] {
		const tick = this.#ticks[kind].n;
		const known = this.#lists.get(kind);
		if (known?.tick === tick) return known.list as Stored<K>[];
		const keys = new Set<string>();
		for (const key of this.#rows.map.keys()) if (key.startsWith(`${kind}:`)) keys.add(key);
		for (const key of this.#overlays.keys()) if (key.startsWith(`${kind}:`)) keys.add(key);
		const list = [...keys].map((key) => this.#merged(key)).filter((object) => object !== undefined);
		this.#lists.set(kind, { tick, list });
		return list as unknown as Stored<K>[];
	}

	under<K extends Kind>(parent: Kind, id: Id, kind: K): Stored<K>[] {
		const hung = keyOf(parent, id);
		return this.all(kind)
			.filter((object) => parentOf(kind, object as unknown as Obj) === hung)
			.sort((a, b) => (a.id < b.id ? -1 : 1));
	}

	kept<T>(name: string): T | undefined {
		void this.#keptTick.n;
		return this.#kept.get(name) as T | undefined;
	}

	#merged(key: string) {
		return this.#overlays.draw(key, this.#rows.map.get(key));
	}

	#touch(keys: Iterable<string>): void {
		for (const kind of new Set([...keys].map((key) => splitKey(key)[0]))) this.#ticks[kind].n++;
	}

	// --- opening and closing ---

	/** Reads this person's copy from the phone. Pages may draw when this returns. */
	async open(disk: Disk, personId: Id): Promise<void> {
		this.close();
		this.#disk = disk;
		this.#me = personId;
		const [rows, meta] = await Promise.all([disk.all<Obj>('objects'), disk.all('meta')]);
		for (const row of rows) this.#rows.set(row.key, row.value);
		for (const row of meta) this.#kept.set(row.key, row.value);
		this.#cursor = this.#kept.get(CURSOR) as string | undefined;
		this.whole = this.#cursor !== undefined;
		const asOf = this.#kept.get(AS_OF);
		this.asOf = typeof asOf === 'string' ? new Date(asOf) : undefined;
		if (disk.lasting && 'BroadcastChannel' in globalThis) {
			this.#channel = new BroadcastChannel(`store-${personId}`);
			this.#channel.onmessage = (event) => void this.#reread(event.data as string[]);
		}
		this.#touchAll();
		this.ready = true;
	}

	close(): void {
		this.#channel?.close();
		this.#channel = undefined;
		this.#rows.clear();
		this.#overlays.clear();
		this.#kept.clear();
		this.#cursor = undefined;
		this.#disk = new MemoryDisk();
		this.ready = false;
		this.whole = false;
		this.freshAt = undefined;
		this.asOf = undefined;
		this.#touchAll();
	}

	#touchAll(): void {
		for (const kind of KINDS) this.#ticks[kind].n++;
		this.#keptTick.n++;
	}

	// --- what is kept beside the changes ---

	/** Keeps a list the changes do not carry (who I am, a circle's mentors) for the next time without network. */
	async keep(name: string, value: unknown): Promise<void> {
		this.#kept.set(name, value);
		this.#keptTick.n++;
		await this.#disk.write([{ put: 'meta', row: { key: name, value } }]);
	}

	// --- staying fresh ---

	/** Catches up. Resolves when a pull that began after this call has ended; throws NotReached or Refused. */
	pull(): Promise<void> {
		if (!this.#pulling) {
			this.#pulling = this.#pull().finally(() => (this.#pulling = undefined));
			return this.#pulling;
		}
		// One is under way and may have passed what this caller waits for: one more after it serves all who ask now.
		this.#again ??= this.#pulling
			.catch(() => undefined)
			.then(() => {
				this.#again = undefined;
				return this.pull();
			});
		return this.#again;
	}

	/** Hears the number of each pull that has ended well. */
	onpulled(listener: (pull: number) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	get cursor(): string | undefined {
		return this.#cursor;
	}

	async #pull(): Promise<void> {
		const disk = this.#disk;
		const number = ++this.pulls;
		const work = async () => {
			// Another tab may have been further while this one slept.
			this.#cursor = (await disk.get<string>('meta', CURSOR)) ?? this.#cursor;
			try {
				await this.#pages(disk, this.#cursor);
			} catch (error) {
				if (!(error instanceof Refused) || error.status !== 410) throw error;
				await this.#startOver(disk);
			}
		};
		if (disk.lasting && globalThis.navigator?.locks) {
			await navigator.locks.request(`store-${this.#me}`, work);
		} else {
			await work();
		}
		if (disk !== this.#disk) return;
		this.whole = true;
		this.freshAt = new Date();
		for (const listener of this.#listeners) listener(number);
		if (+this.freshAt - +(this.asOf ?? 0) < AS_OF_EVERY_MS) return;
		this.asOf = this.freshAt;
		await disk.write([{ put: 'meta', row: { key: AS_OF, value: this.freshAt.toISOString() } }]);
	}

	async #page(since: string | undefined): Promise<{ items: Change[]; next: string | undefined }> {
		const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`;
		const { data } = await call<ChangesPage>('GET', `/api/changes${query}`);
		return { items: data.items, next: data.next == null ? since : String(data.next) };
	}

	async #pages(disk: Disk, since: string | undefined): Promise<void> {
		for (;;) {
			const page = await this.#page(since);
			if (disk !== this.#disk) return;
			if (page.items.length || page.next !== since) await this.#absorb(page.items, page.next);
			if (!page.items.length) return;
			since = page.next;
		}
	}

	/** Fetches everything anew beside the old copy, and changes over in one transaction. */
	async #startOver(disk: Disk): Promise<void> {
		const fresh = new Map<string, Part>();
		let since: string | undefined;
		for (;;) {
			const page = await this.#page(since);
			for (const change of page.items) {
				if (change.op === 'put')
					for (const part of partsOf(change)) fresh.set(keyOf(part.kind, part.id), part);
				else fresh.delete(keyOf(change.kind, change.id));
			}
			since = page.next;
			if (!page.items.length) break;
		}
		if (disk !== this.#disk) return;
		const ops: Op[] = [{ clear: 'objects' }];
		for (const [key, part] of fresh) ops.push({ put: 'objects', row: rowOf(key, part.object, part.parent) });
		if (since !== undefined) ops.push({ put: 'meta', row: { key: CURSOR, value: since } });
		await disk.write(ops);
		this.#cursor = since;
		this.#rows.clear();
		for (const [key, part] of fresh) this.#rows.set(key, part.object);
		this.#touchAll();
		this.#channel?.postMessage([]);
	}

	/** Takes one page in: on the disk first, with its cursor, then in sight. */
	async #absorb(changes: Change[], next: string | undefined): Promise<void> {
		const puts = new Map<string, Part>();
		const drops = new Set<string>();
		for (const change of changes) {
			if (change.op === 'put') {
				for (const part of partsOf(change)) {
					const key = keyOf(part.kind, part.id);
					puts.set(key, part);
					drops.delete(key);
				}
			} else {
				for (const key of this.#rows.branch(change, puts, this.#me)) {
					puts.delete(key);
					drops.add(key);
				}
			}
		}
		const ops: Op[] = [];
		for (const key of drops) ops.push({ drop: 'objects', key });
		for (const [key, part] of puts) ops.push({ put: 'objects', row: rowOf(key, part.object, part.parent) });
		if (next !== undefined) ops.push({ put: 'meta', row: { key: CURSOR, value: next } });
		await this.#disk.write(ops);
		this.#cursor = next;
		for (const key of drops) this.#rows.unset(key);
		for (const [key, part] of puts) this.#rows.set(key, part.object);
		const keys = [...drops, ...puts.keys()];
		this.#touch(keys);
		if (keys.length) this.#channel?.postMessage(keys);
	}

	/** Another tab has taken changes in: read those rows again. An empty list means all of them. */
	async #reread(keys: string[]): Promise<void> {
		const disk = this.#disk;
		try {
			if (!keys.length) {
				const rows = await disk.all<Obj>('objects');
				if (disk !== this.#disk) return;
				this.#rows.clear();
				for (const row of rows) this.#rows.set(row.key, row.value);
				this.#touchAll();
				return;
			}
			const found = await Promise.all(keys.map((key) => disk.get<Obj>('objects', key)));
			if (disk !== this.#disk) return;
			keys.forEach((key, i) => {
				const object = found[i];
				if (object) this.#rows.set(key, object);
				else this.#rows.unset(key);
			});
			this.#touch(keys);
		} catch (error) {
			// Signing out closes the disk under a late message of another tab; anything else must be seen.
			if (disk === this.#disk) throw error;
		}
	}

	// --- acts that wait ---

	/** Draws a waiting act into what pages see. Called again with the same act, it replaces what it drew. */
	overlay(act: string, patches: Patch[], waiting?: Waiting): void {
		this.#touch(this.#overlays.put(act, patches, waiting));
	}

	/** Takes an act's drawing away: it was discarded, or the service's own copy is here now. */
	lift(act: string): void {
		this.#touch(this.#overlays.lift(act));
	}
}

const rowOf = (key: string, value: Obj, parent?: string): Row =>
	parent ? { key, value, parent } : { key, value };

export const store = new Store();
