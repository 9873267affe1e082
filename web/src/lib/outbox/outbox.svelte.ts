/**
 * The way out: every act is a command that lies on this phone until the service has taken it.
 *
 *   await outbox.send(postMessage(…))   resolves when it is safe on this phone; it is drawn and on its way by then
 *   await outbox.sendAll([…])           the same for acts that belong together: all of them lie here, or none
 *   (await outbox.send(…)).done         resolves with how it ended: { state: 'sent', data } or { state: 'look' | 'failed', problem };
 *                                       only while this tab lives, so nothing that matters may hang on it
 *   outbox.commands                     all that is not yet taken, oldest first (reactive)
 *   outbox.looks, .failed, .waiting     those that want a look, were refused, or wait
 *   outbox.network                      'here' | 'away' | 'signed_out' (reactive)
 *   outbox.rewrite(id, change)          the writer's changed words; queued again under the same ids
 *   outbox.discard(id)                  taken back, with what waits for it
 *   outbox.wake()                       try now: network, visible, socket open
 *
 * Promises: a command is on the disk before `send` resolves. Lanes (a thread, a case) go in order, other lanes are not
 * held up. One tab sends at a time. No network, a foreign answer and 5xx, 408, 425, 429 are tried again after 1, 2, 5,
 * 15, 60 s, then every 5 min, each a little off; `Retry-After` wins. 401 stops everything and keeps it. Every other
 * 4xx is shown to the writer. Sent only while the account that wrote it is the one signed in on this browser.
 * A taken command stays drawn until a later pull has brought the service's own copy, so that nothing flickers.
 */
import { v7 as uuid7 } from 'uuid';
import { call, type ProblemBody } from '#lib/api/client.ts';
import type { Id } from '#lib/api/shapes.ts';
import { MemoryDisk, type Disk, type Op } from '#lib/disk/disk.ts';
import type { Store, Waiting } from '#lib/store/store.svelte.ts';
import { choose, makes, needs, type Act, type Command } from './command.ts';
import { uploadVoice } from './upload.ts';
import { backoff, verdict } from './verdict.ts';

export type { Act, Command } from './command.ts';

export interface Outcome {
	state: 'sent' | 'look' | 'failed' | 'discarded';
	data?: unknown;
	problem?: ProblemBody & { status: number };
}

/** What the outbox needs from around it; tests bring their own clock. */
export interface Surroundings {
	now: () => number;
	random: () => number;
	later: (work: () => void, ms: number) => () => void;
	/** Is this still the account that is signed in on this browser? */
	isSignedIn: (personId: Id) => boolean;
	/** The service no longer knows this sign-in. */
	onSignedOut: () => void;
}

const AT_ONCE = 3;
export const LOCK = 'outbox';

const real: Surroundings = {
	now: () => Date.now(),
	random: () => Math.random(),
	later: (work, ms) => {
		const timer = setTimeout(work, ms);
		return () => clearTimeout(timer);
	},
	isSignedIn: () => true,
	onSignedOut: () => undefined
};

export class Outbox {
	commands = $state.raw<Command[]>([]);
	network = $state<'here' | 'away' | 'signed_out'>('here');
	/** What an act holds that must not leave the phone, by path: it then waits for a look. */
	guard: (act: Act) => Promise<Record<string, unknown> | undefined> = async () => undefined;

	#disk: Disk = new MemoryDisk();
	#store: Store;
	#around: Surroundings;
	#person = '';
	#channel: BroadcastChannel | undefined;
	#done = new Map<Id, (outcome: Outcome) => void>();
	/** The pull after whose successors a taken command need not be drawn any more. */
	#takenAt = new Map<Id, number>();
	#draining: Promise<void> | undefined;
	#woken = false;
	/** What reads or changes both the disk and `commands` goes one after the other: see `#inTurn`. */
	#turn: Promise<unknown> = Promise.resolve();
	#cancel: (() => void) | undefined;
	#misses = 0;
	#netNotBefore = 0;
	#stopListening: (() => void) | undefined;
	/** Ends requests under way when the outbox closes, so that the next owner does not wait for them. */
	#closing = new AbortController();

	constructor(store: Store, around: Partial<Surroundings> = {}) {
		this.#store = store;
		this.#around = { ...real, ...around };
	}

	get waiting(): Command[] {
		return this.commands.filter((command) => command.state === 'queued' || command.state === 'sending');
	}
	get looks(): Command[] {
		return this.commands.filter((command) => command.state === 'look');
	}
	get failed(): Command[] {
		return this.commands.filter((command) => command.state === 'failed');
	}
	/** Something here is nowhere else yet. */
	get hasUnsent(): boolean {
		return this.commands.some((command) => command.state !== 'sent');
	}

	// --- opening and closing ---

	/** Takes up what an earlier life of the app left, and goes on sending. */
	async open(disk: Disk, personId: Id): Promise<void> {
		this.close();
		this.#disk = disk;
		this.#person = personId;
		this.network = 'here';
		this.#misses = 0;
		this.#netNotBefore = 0;
		await this.#read();
		// A disk that was closed meanwhile settles it at the next start.
		this.#stopListening = this.#store.onpulled((pull) => void this.#settle(pull).catch(() => undefined));
		if (disk.lasting && 'BroadcastChannel' in globalThis) {
			this.#channel = new BroadcastChannel(`outbox-${personId}`);
			this.#channel.onmessage = () => void this.#read().catch(() => undefined);
		}
		this.wake();
	}

	close(): void {
		this.#closing.abort();
		this.#closing = new AbortController();
		this.#cancel?.();
		this.#channel?.close();
		this.#stopListening?.();
		this.#channel = undefined;
		this.#stopListening = undefined;
		for (const command of this.commands) this.#store.lift(command.id);
		this.commands = [];
		this.#done.clear();
		this.#takenAt.clear();
		this.#turn = Promise.resolve();
		this.#disk = new MemoryDisk();
		this.#person = '';
	}

	/** One at a time, else a read begun before a write would put the older state back after it. */
	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#turn.then(work);
		this.#turn = done.catch(() => undefined);
		return done;
	}

	/** The disk is the truth: another tab may have sent, added or changed. */
	#read(): Promise<void> {
		return this.#inTurn(() => this.#readNow());
	}

	async #readNow(): Promise<void> {
		const disk = this.#disk;
		const rows = await disk.all<Command>('commands');
		if (disk !== this.#disk) return;
		const shown = new Map(this.commands.map((command) => [command.id, command]));
		const fresh = rows.map((row) => row.value).sort((a, b) => a.n - b.n || (a.id < b.id ? -1 : 1));
		for (const command of fresh) {
			const known = shown.get(command.id);
			shown.delete(command.id);
			// What this tab is sending lies on the disk as queued.
			if (known?.state === 'sending' && command.state === 'queued') {
				command.state = 'sending';
				command.progress = known.progress;
			}
			if (command.state === 'sent' && !this.#takenAt.has(command.id)) this.#takenAt.set(command.id, 0);
		}
		this.commands = fresh;
		for (const gone of shown.keys()) this.#store.lift(gone);
		for (const command of fresh) this.#draw(command);
	}

	#draw(command: Command): void {
		const waiting: Waiting | undefined = command.state === 'sent' ? undefined : command.state;
		this.#store.overlay(command.id, command.patches ?? [], waiting);
	}

	#replace(command: Command): void {
		this.commands = this.commands.map((old) => (old.id === command.id ? command : old));
		this.#draw(command);
	}

	async #save(command: Command): Promise<void> {
		await this.#disk.write([stored(command)]);
		this.#channel?.postMessage('changed');
	}

	// --- what pages do ---

	/**
	 * Puts an act on this phone and on its way. `extra` is written in the same transaction: the words leave the composer
	 * in the moment they lie here.
	 */
	async send(act: Act, extra: Op[] = []): Promise<{ id: Id; done: Promise<Outcome> }> {
		return (await this.sendAll([act], extra))[0]!;
	}

	/** Puts acts on this phone together or not at all: a recording, and the message that carries it. */
	async sendAll(acts: Act[], extra: Op[] = []): Promise<{ id: Id; done: Promise<Outcome> }[]> {
		const made = await this.#inTurn(() => this.#add(acts, extra));
		const ways = made.map((command) => ({
			id: command.id,
			done: new Promise<Outcome>((resolve) => this.#done.set(command.id, resolve))
		}));
		this.wake();
		return ways;
	}

	async #add(acts: Act[], extra: Op[]): Promise<Command[]> {
		const last = Math.max(0, ...this.commands.map((other) => other.n));
		const made = acts.map((act, i): Command => ({
			...plain(act),
			id: uuid7(),
			person_id: this.#person,
			n: last + 1 + i,
			state: 'queued',
			attempts: 0,
			not_before: 0,
			written_at: new Date(this.#around.now()).toISOString()
		}));
		// Only the newest of "I have read so far" counts; an older one still waiting would go for nothing.
		const older = this.commands.filter(
			(c) =>
				c.quiet &&
				c.state === 'queued' &&
				acts.some((act) => act.quiet && act.path === c.path && act.method === c.method)
		);
		await this.#dropNow(older);
		await this.#disk.write([...extra, ...made.map(stored)]);
		this.#channel?.postMessage('changed');
		this.commands = [...this.commands, ...made];
		for (const command of made) this.#draw(command);
		return made;
	}

	/** Queues a refused command again with changed words. The ids stay, since nothing under them was taken. */
	async rewrite(id: Id, change: Partial<Pick<Act, 'body' | 'patches' | 'path' | 'upload'>>): Promise<void> {
		const old = this.commands.find((command) => command.id === id);
		if (!old) return;
		const { problem: _problem, ...rest } = old;
		const command: Command = { ...rest, ...plain(change), state: 'queued', attempts: 0, not_before: 0 };
		await this.#become(command);
		this.wake();
	}

	/** Takes a command back, and every later one that needs what it would have made. */
	async discard(id: Id): Promise<void> {
		const lost = new Set<Id>();
		const drop: Command[] = [];
		for (const command of this.commands) {
			const follows = [...needs(command)].some((need) => lost.has(need));
			if (command.id !== id && !follows) continue;
			if (command.state === 'sent') continue;
			drop.push(command);
			for (const made of makes(command)) lost.add(made);
		}
		await this.#drop(drop);
		for (const command of drop) this.#end(command.id, { state: 'discarded' });
	}

	#drop(commands: Command[]): Promise<void> {
		return this.#inTurn(() => this.#dropNow(commands));
	}

	async #dropNow(commands: Command[]): Promise<void> {
		if (!commands.length) return;
		const ids = new Set(commands.map((command) => command.id));
		const ops: Op[] = commands.map((command) => ({ drop: 'commands', key: command.id }));
		for (const command of commands) {
			if (!command.upload) continue;
			ops.push({ drop: 'takes', key: command.upload.take_id });
			for (const chunk of await this.#disk.under('chunks', command.upload.take_id)) {
				ops.push({ drop: 'chunks', key: chunk.key });
			}
		}
		await this.#disk.write(ops);
		this.commands = this.commands.filter((command) => !ids.has(command.id));
		for (const command of commands) this.#store.lift(command.id);
		this.#channel?.postMessage('changed');
	}

	#end(id: Id, outcome: Outcome): void {
		this.#done.get(id)?.(outcome);
		this.#done.delete(id);
	}

	/** A pull that began after these were taken has ended: the service's own copy is here. */
	async #settle(pull: number): Promise<void> {
		const settled = this.commands.filter(
			(command) => command.state === 'sent' && (this.#takenAt.get(command.id) ?? 0) < pull
		);
		for (const command of settled) this.#takenAt.delete(command.id);
		await this.#drop(settled);
	}

	// --- sending ---

	/** Tries now, whatever the waits were: something has changed outside. */
	wake(reset = false): void {
		if (reset) {
			this.#netNotBefore = 0;
			this.#misses = 0;
			if (this.network === 'signed_out') this.network = 'here';
		}
		if (!this.#person) return;
		if (this.#draining) {
			this.#woken = true;
			return;
		}
		this.#cancel?.();
		this.#draining = this.#drain()
			.catch(() => this.#again(this.#around.now() + backoff(2, this.#around.random())))
			.finally(() => {
				this.#draining = undefined;
				if (this.#woken) {
					this.#woken = false;
					this.wake();
				}
			});
	}

	#again(at: number): void {
		this.#cancel?.();
		this.#cancel = this.#around.later(() => this.wake(), Math.max(50, at - this.#around.now()));
	}

	/** Resolves when there is nothing to do now; for tests and for sign-out. */
	async idle(): Promise<void> {
		while (this.#draining) await this.#draining;
	}

	async #drain(): Promise<void> {
		if (this.network === 'signed_out' || !this.commands.some((command) => command.state === 'queued')) return;
		const work = async () => {
			const disk = this.#disk;
			await this.#read();
			const busy = new Map<string, Promise<void>>();
			for (;;) {
				if (disk !== this.#disk) return;
				const open = this.network !== 'signed_out' && this.#around.isSignedIn(this.#person);
				const now = this.#around.now();
				const { next, waitUntil } =
					open && this.#netNotBefore <= now ? choose(this.commands, new Set(busy.keys()), now) : {};
				if (next && busy.size < AT_ONCE) {
					busy.set(
						next.lane,
						this.#one(next).finally(() => busy.delete(next.lane))
					);
					continue;
				}
				if (busy.size) {
					await Promise.race(busy.values());
					continue;
				}
				if (open && this.#netNotBefore > now) this.#again(this.#netNotBefore);
				else if (waitUntil !== undefined) this.#again(waitUntil);
				return;
			}
		};
		if (this.#disk.lasting && globalThis.navigator?.locks) await navigator.locks.request(LOCK, work);
		else await work();
	}

	async #one(queued: Command): Promise<void> {
		const disk = this.#disk;
		const { signal } = this.#closing;
		let command: Command = { ...queued, state: 'sending' };
		let begun: number | undefined;
		this.#replace(command);
		const alive = () => disk === this.#disk && this.commands.some((other) => other.id === command.id);
		try {
			const findings = await this.guard(queued);
			if (!alive()) return;
			if (findings) {
				const problem = { type: '/problems/identifiers-found', status: 422, findings } as Command['problem'];
				await this.#become({ ...queued, state: 'look', problem });
				return this.#end(queued.id, { state: 'look', problem });
			}
			let data: unknown;
			if (command.upload) {
				data = await uploadVoice(
					disk,
					command.upload,
					(progress) => {
						if (!alive()) return;
						begun ??= progress;
						// A slice went through: what breaks now is a new miss, not one more.
						if (progress > begun) this.#misses = 0;
						command = { ...command, progress };
						this.#replace(command);
					},
					signal
				);
			} else {
				data = (await call(command.method, command.path, { body: command.body, signal })).data;
			}
			if (!alive()) return;
			this.network = 'here';
			this.#misses = 0;
			this.#takenAt.set(command.id, this.#store.pulls);
			await this.#become({ ...command, state: 'sent' });
			this.#end(command.id, { state: 'sent', data });
			void this.#store.pull().catch(() => undefined);
		} catch (error) {
			if (!alive()) return;
			await this.#missed(command, error);
		}
	}

	#become(command: Command): Promise<void> {
		return this.#inTurn(async () => {
			await this.#save(command);
			this.#replace(command);
		});
	}

	async #missed(command: Command, error: unknown): Promise<void> {
		const now = this.#around.now();
		const random = this.#around.random();
		const queued: Command = { ...command, state: 'queued' };
		const found = verdict(command, error, random);
		if (found.is !== 'away') {
			// A refusal is an answer too: the network is there.
			this.network = 'here';
			this.#misses = 0;
		}
		if (found.is === 'away') {
			this.network = 'away';
			this.#misses += 1;
			this.#netNotBefore = now + backoff(this.#misses, random);
			await this.#become(queued);
		} else if (found.is === 'signed_out') {
			this.network = 'signed_out';
			await this.#become(queued);
			this.#around.onSignedOut();
		} else if (found.is === 'later') {
			const not_before = now + found.waitMs;
			if (found.all) this.#netNotBefore = not_before;
			await this.#become({ ...queued, attempts: command.attempts + 1, not_before });
		} else if (command.quiet) {
			await this.#drop([command]);
			this.#end(command.id, { state: 'failed', problem: found.problem });
		} else {
			await this.#become({ ...queued, state: found.state, problem: found.problem });
			this.#end(command.id, { state: found.state, problem: found.problem });
		}
	}
}

/** How a command lies on the disk: a killed tab finds what it was sending queued. */
function stored(command: Command): Op {
	const { progress: _progress, ...lasting } = command;
	if (lasting.state === 'sending') lasting.state = 'queued';
	return { put: 'commands', row: { key: lasting.id, value: lasting } };
}

/** A copy without Svelte's proxies: what lies on the disk is what was written at this moment. */
function plain<T>(value: T): T {
	return JSON.parse(JSON.stringify(value)) as T;
}
