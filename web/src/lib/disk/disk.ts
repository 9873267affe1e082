/**
 * Where one person's things lie on this phone. Two kinds with one face: an encrypted IndexedDB on a phone of one's own,
 * and plain memory on a shared one, gone with the tab.
 */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { newKey, open, seal, type Sealed } from './seal.ts';

/**
 * `objects` what the service gave · `meta` cursor and lists kept beside it · `commands` acts not yet confirmed ·
 * `writing` words in a composer · `takes` and `chunks` recordings · `audio` voice notes heard or waiting to be.
 */
export type Room = 'objects' | 'meta' | 'commands' | 'writing' | 'takes' | 'chunks' | 'audio';
export const ROOMS: Room[] = ['objects', 'meta', 'commands', 'writing', 'takes', 'chunks', 'audio'];

/** What sign-out leaves on a phone of one's own: things written here that nobody else has yet. */
export const UNSENT_ROOMS: Room[] = ['commands', 'writing', 'takes', 'chunks'];

export interface Row<T = unknown> {
	key: string;
	value: T;
	/** The row this one hangs under; ids only, kept in the clear so that a branch can be found and cut. */
	parent?: string;
}

export type Op = { put: Room; row: Row } | { drop: Room; key: string } | { clear: Room };

export interface Disk {
	readonly lasting: boolean;
	all<T>(room: Room): Promise<Row<T>[]>;
	get<T>(room: Room, key: string): Promise<T | undefined>;
	/** Rows whose parent is `parent`, in order of their keys. */
	under<T>(room: Room, parent: string): Promise<Row<T>[]>;
	/** All of it in one transaction, or none. */
	write(ops: Op[]): Promise<void>;
	close(): void;
}

interface Stored {
	key: string;
	parent?: string;
	sealed: Sealed;
}

type Schema = DBSchema &
	Record<Room, { key: string; value: Stored; indexes: { parent: string } }> & {
		keys: { key: string; value: CryptoKey };
	};

const nameOf = (personId: string) => `colleague-${personId}`;

class IndexedDisk implements Disk {
	readonly lasting = true;
	constructor(
		readonly db: IDBPDatabase<Schema>,
		readonly key: CryptoKey
	) {}

	async #open<T>(room: Room, stored: Stored): Promise<Row<T>> {
		const value = await open<T>(this.key, `${room}/${stored.key}`, stored.sealed);
		return { key: stored.key, parent: stored.parent, value };
	}

	async all<T>(room: Room): Promise<Row<T>[]> {
		const rows = await this.db.getAll(room);
		return Promise.all(rows.map((row) => this.#open<T>(room, row)));
	}

	async get<T>(room: Room, key: string): Promise<T | undefined> {
		const stored = await this.db.get(room, key);
		return stored && (await this.#open<T>(room, stored)).value;
	}

	async under<T>(room: Room, parent: string): Promise<Row<T>[]> {
		const rows = await this.db.getAllFromIndex(room, 'parent', parent);
		return Promise.all(rows.map((row) => this.#open<T>(room, row)));
	}

	async write(ops: Op[]): Promise<void> {
		if (!ops.length) return;
		// Sealing awaits, and an IndexedDB transaction ends at the first await that is not its own: seal first.
		const ready = await Promise.all(
			ops.map(async (op) =>
				'put' in op ? { ...op, sealed: await seal(this.key, `${op.put}/${op.row.key}`, op.row.value) } : op
			)
		);
		const rooms = [...new Set(ops.map((op) => ('put' in op ? op.put : 'drop' in op ? op.drop : op.clear)))];
		const tx = this.db.transaction(rooms, 'readwrite', { durability: 'strict' });
		for (const op of ready) {
			if ('sealed' in op) {
				const { key, parent } = op.row;
				void tx
					.objectStore(op.put)
					.put(parent ? { key, parent, sealed: op.sealed } : { key, sealed: op.sealed });
			} else if ('drop' in op) void tx.objectStore(op.drop).delete(op.key);
			else if ('clear' in op) void tx.objectStore(op.clear).clear();
		}
		await tx.done;
	}

	close(): void {
		this.db.close();
	}
}

/** Memory with a disk's face, for a phone that other people use too. */
export class MemoryDisk implements Disk {
	readonly lasting = false;
	#rooms = new Map<Room, Map<string, Row>>(ROOMS.map((room) => [room, new Map()]));

	async all<T>(room: Room): Promise<Row<T>[]> {
		return [...this.#rooms.get(room)!.values()].sort(byKey) as Row<T>[];
	}
	async get<T>(room: Room, key: string): Promise<T | undefined> {
		return this.#rooms.get(room)!.get(key)?.value as T | undefined;
	}
	async under<T>(room: Room, parent: string): Promise<Row<T>[]> {
		return (await this.all<T>(room)).filter((row) => row.parent === parent);
	}
	async write(ops: Op[]): Promise<void> {
		for (const op of ops) {
			if ('put' in op) this.#rooms.get(op.put)!.set(op.row.key, op.row);
			else if ('drop' in op) this.#rooms.get(op.drop)!.delete(op.key);
			else this.#rooms.get(op.clear)!.clear();
		}
	}
	close(): void {
		for (const room of this.#rooms.values()) room.clear();
	}
}

const byKey = (a: Row, b: Row) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Opens this person's disk, making it and its key the first time. */
export async function openDisk(personId: string): Promise<Disk> {
	const db = await openDB<Schema>(nameOf(personId), 1, {
		upgrade(fresh) {
			fresh.createObjectStore('keys');
			for (const room of ROOMS) {
				fresh.createObjectStore(room, { keyPath: 'key' }).createIndex('parent', 'parent');
			}
		},
		blocking: (_current, _next, event) => (event.target as IDBDatabase).close()
	});
	let key = await db.get('keys', 'disk');
	if (!key) {
		const made = await newKey();
		// Two tabs may open at once: whoever is first in the transaction gives the key to both.
		const tx = db.transaction('keys', 'readwrite');
		key = await tx.store.get('disk');
		if (!key) {
			await tx.store.put(made, 'disk');
			key = made;
		}
		await tx.done;
	}
	return new IndexedDisk(db, key);
}

/** For "remove everything from this phone": nothing can be read after this, the key went with it. */
export function forgetDisk(personId: string): Promise<void> {
	return deleteDB(nameOf(personId));
}
