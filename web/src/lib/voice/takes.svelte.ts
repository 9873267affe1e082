/**
 * Recordings on this phone that are not sent yet. Each piece is on the disk, sealed, before the next one comes, in one
 * transaction with the take it belongs to; so a killed tab loses less than the last second.
 *
 *   takes.kept           those that wait for their speaker (reactive); `takes.ready` resolves when they were read
 *   takes.begin(target)  a new take, held by this tab while it records
 *   takes.add(id, bytes, change), takes.change(id, change)   in the order they were called
 *   takes.drop(id), takes.restore(id)    discarded, and taken back within ten seconds
 *   takes.whole(id)      what it will be as one file; a take that cannot be one is cut in two
 */
import { v7 as uuid7 } from 'uuid';
import type { Id } from '#lib/api/shapes.ts';
import { MemoryDisk, type Disk, type Op } from '#lib/disk/disk.ts';
import { session } from '#lib/session/session.svelte.ts';
import { chunkKey } from './acts.ts';
import { apart } from './apart.ts';
import { concat, type Bytes } from './bytes.ts';
import { isHeld, lockName } from './held.ts';
import { joined, lengthOf } from './join.ts';
import { isFor, LEAST_MS, newTake, type Take, type Target } from './take.ts';

const UNDO_MS = 10_500;

export interface Whole {
	take: Take;
	bytes: Bytes;
	/** What could not be put after it, as a take of its own. */
	rest?: Take;
}

export class Takes {
	#list = $state.raw<Take[]>([]);
	#disk: Disk = new MemoryDisk();
	#writes: Promise<unknown> = Promise.resolve();
	#release = new Map<Id, () => void>();
	#leaving = new Map<Id, ReturnType<typeof setTimeout>>();
	ready: Promise<void>;
	#isReady!: () => void;
	/** Ends what this tab records, with all of it kept; set by the recorder while it runs. */
	recording: (() => Promise<void>) | undefined;

	constructor() {
		this.ready = new Promise((resolve) => (this.#isReady = resolve));
	}

	get kept(): Take[] {
		return this.#list.filter((take) => take.state === 'kept');
	}

	/** Kept in this tab only: a phone that other people use too. */
	get isFleeting(): boolean {
		return !this.#disk.lasting;
	}

	get(id: Id | undefined): Take | undefined {
		return this.#list.find((take) => take.id === id);
	}

	/** The newest one that waits and is for the same. */
	waitingFor(target: Target): Take | undefined {
		return this.kept.filter((take) => isFor(take, target)).at(-1);
	}

	async open(disk: Disk): Promise<void> {
		this.close();
		this.#disk = disk;
		await this.#read(disk);
		this.#isReady();
	}

	close(): void {
		for (const timer of this.#leaving.values()) clearTimeout(timer);
		this.#leaving.clear();
		for (const release of this.#release.values()) release();
		this.#release.clear();
		this.#list = [];
		this.#disk = new MemoryDisk();
		const waiting = this.#isReady;
		this.ready = new Promise((resolve) => (this.#isReady = resolve));
		void this.ready.then(waiting);
	}

	/** What an earlier life of the app left: a take that was still recorded is here as far as it came. */
	async #read(disk: Disk): Promise<void> {
		const found: Take[] = [];
		for (const { value: take } of await disk.all<Take>('takes')) {
			if (take.state === 'sent') continue;
			if (take.state === 'recording' && (await isHeld(take.id))) this.#await(disk, take.id);
			else if (take.state === 'dropped' || take.ms < LEAST_MS) await erase(disk, take.id);
			else if (take.state === 'recording') {
				found.push({ ...take, state: 'kept', by: 'phone' });
				await disk.write([put(found.at(-1)!)]);
			} else found.push(take);
		}
		if (disk === this.#disk) this.#list = found.sort((a, b) => (a.id < b.id ? -1 : 1));
	}

	/** Another tab records it: it is looked at again when that one has let go of it. */
	#await(disk: Disk, id: Id): void {
		void navigator.locks.request(lockName(id), async () => {
			const take = disk === this.#disk && (await disk.get<Take>('takes', id));
			if (!take || take.state === 'sent' || take.state === 'dropped') return;
			await this.#write(id, () => ({
				...take,
				state: 'kept',
				by: take.state === 'kept' ? take.by : 'phone'
			}));
		});
	}

	async begin(target: Target): Promise<Take> {
		const take = newTake(uuid7(), target);
		this.hold(take.id);
		await this.#write(take.id, () => take);
		return take;
	}

	/** While this tab records, no other takes the recording for a stopped one. */
	hold(id: Id): void {
		if (!globalThis.navigator?.locks || this.#release.has(id)) return;
		void navigator.locks.request(
			lockName(id),
			() => new Promise<void>((resolve) => this.#release.set(id, resolve))
		);
	}

	letGo(id: Id): void {
		this.#release.get(id)?.();
		this.#release.delete(id);
	}

	/** Lays down a piece, durable when this resolves, together with how far the take has come. */
	add(id: Id, bytes: ArrayBuffer, change: Partial<Take>): Promise<Take | undefined> {
		return this.#write(
			id,
			(take) => take && { ...take, ...change, pieces: take.pieces + 1 },
			(take) => [{ put: 'chunks', row: { key: chunkKey(id, take.pieces - 1), value: bytes, parent: id } }]
		);
	}

	change(id: Id, change: Partial<Take>): Promise<Take | undefined> {
		return this.#write(id, (take) => take && { ...take, ...change });
	}

	/** One write after the other: a later state never lies under an earlier one. */
	#write(
		id: Id,
		next: (take: Take | undefined) => Take | undefined,
		extra: (take: Take) => Op[] = () => []
	): Promise<Take | undefined> {
		const disk = this.#disk;
		const work = this.#writes.then(async () => {
			if (disk !== this.#disk) return undefined;
			const take = next(this.get(id));
			if (!take) return undefined;
			await disk.write([...extra(take), put(take)]);
			this.#show(take);
			return take;
		});
		this.#writes = work.catch(() => undefined);
		return work;
	}

	#show(take: Take): void {
		const others = this.#list.filter((other) => other.id !== take.id);
		this.#list = [...others, take].sort((a, b) => (a.id < b.id ? -1 : 1));
	}

	/** Out of sight at once, gone for good when it can no longer be taken back. */
	async drop(id: Id): Promise<void> {
		await this.change(id, { state: 'dropped' });
		const disk = this.#disk;
		this.#leaving.set(
			id,
			setTimeout(() => {
				this.#leaving.delete(id);
				this.#list = this.#list.filter((take) => take.id !== id);
				void erase(disk, id);
			}, UNDO_MS)
		);
	}

	async restore(id: Id): Promise<void> {
		clearTimeout(this.#leaving.get(id));
		this.#leaving.delete(id);
		await this.change(id, { state: 'kept' });
	}

	/** Gone without a way back: there is nothing in it. */
	async forget(id: Id): Promise<void> {
		this.#list = this.#list.filter((take) => take.id !== id);
		await erase(this.#disk, id);
	}

	/**
	 * Gives a take away: `work` writes `gone` in one transaction with what carries it from here on. It is out of sight
	 * meanwhile, so that nothing written late can bring it back; when `work` fails it is here as before.
	 */
	async give<T>(id: Id, work: (gone: Op) => Promise<T>): Promise<T> {
		await this.#writes;
		const take = this.get(id);
		if (!take) throw new Error('no such take');
		this.#list = this.#list.filter((other) => other.id !== id);
		try {
			return await work(put({ ...take, state: 'sent' }));
		} catch (error) {
			this.#show(take);
			throw error;
		}
	}

	/**
	 * The take as one recording, ready to be heard and sent. Runs that one file cannot hold stay apart: what comes after
	 * the first becomes a take of its own, for the same thread.
	 */
	async whole(id: Id): Promise<Whole | undefined> {
		await this.#writes;
		const disk = this.#disk;
		const take = this.get(id);
		if (!take) return undefined;
		const pieces = (await disk.under<ArrayBuffer>('chunks', id)).map((row) => new Uint8Array(row.value));
		const runs = take.runs
			.map((run, i) => ({
				type: run.type,
				bytes: concat(pieces.slice(run.from, take.runs[i + 1]?.from ?? pieces.length))
			}))
			.filter((run) => run.bytes.length);
		const [first, ...later] = runs;
		if (!first) return undefined;
		if (!later.length) {
			return this.#measured({ ...take, runs: [{ type: first.type, from: 0 }] }, first.bytes);
		}
		const one = joined(runs.map((run) => run.bytes));
		if (one) {
			const next: Take = { ...take, ms: one.ms, runs: [{ type: first.type, from: 0 }], pieces: 1 };
			await this.#lay(next, [one.bytes], pieces.length);
			return { take: next, bytes: one.bytes };
		}
		return this.#apart(take, pieces, first.bytes);
	}

	async #measured(take: Take, bytes: Bytes): Promise<Whole> {
		const ms = lengthOf(bytes) ?? take.ms;
		const next = { ...take, ms };
		if (Math.abs(ms - take.ms) > 1) await this.#lay(next, [], 0);
		return { take: next, bytes };
	}

	async #apart(take: Take, pieces: Bytes[], bytes: Bytes): Promise<Whole> {
		const { first, rest } = apart(take, lengthOf(bytes) ?? take.ms / take.runs.length);
		const later = pieces.slice(first.pieces);
		const moved = later.map((piece, i): Op => ({
			put: 'chunks',
			row: { key: chunkKey(rest.id, i), value: piece.buffer, parent: rest.id }
		}));
		const gone = later.map((_, i): Op => ({ drop: 'chunks', key: chunkKey(take.id, first.pieces + i) }));
		await this.#disk.write([...moved, ...gone, put(first), put(rest)]);
		this.#show(first);
		this.#show(rest);
		return { take: first, bytes, rest };
	}

	/** Puts a take down with other pieces than the `before` it had. */
	async #lay(take: Take, pieces: Bytes[], before: number): Promise<void> {
		const gone = Array.from({ length: before }, (_, i): Op => ({
			drop: 'chunks',
			key: chunkKey(take.id, i)
		}));
		const laid = pieces.map((piece, i): Op => ({
			put: 'chunks',
			row: { key: chunkKey(take.id, i), value: piece.buffer, parent: take.id }
		}));
		await this.#disk.write([...gone, ...laid, put(take)]);
		this.#show(take);
	}
}

const put = (take: Take): Op => ({ put: 'takes', row: { key: take.id, value: $state.snapshot(take) } });

async function erase(disk: Disk, id: Id): Promise<void> {
	const rows = await disk.under('chunks', id);
	await disk.write([
		...rows.map((row): Op => ({ drop: 'chunks', key: row.key })),
		{ drop: 'takes', key: id }
	]);
}

export const takes = new Takes();

session.onopen((_person, disk) => takes.open(disk));
session.onclose(async () => {
	await takes.recording?.();
	takes.close();
});
// A page that needs takes may come after the session was opened.
if (session.phase === 'open') void takes.open(session.disk);
if (globalThis.window) {
	addEventListener('beforeunload', (event) => {
		if (takes.isFleeting && takes.kept.length) event.preventDefault();
	});
}
