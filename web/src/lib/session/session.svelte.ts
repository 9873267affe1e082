/**
 * Who is here and on whose phone; opens and closes everything that belongs to that person.
 *
 *   session.phase    'opening' | 'signed_out' | 'open' | 'ended' (reactive). 'ended' means the service no longer knows
 *                    this sign-in: nothing is shown, what was written is kept until the same person is back.
 *   session.me       the person, with changes that still wait drawn in
 *   session.device   'mine' keeps a sealed copy on the phone; 'shared' keeps nothing beyond the tab
 *   store, outbox, live, keyed to this person, are exported from here for pages and `lib/<domain>`.
 */
import { call, NotReached, Refused } from '#lib/api/client.ts';
import type { Id, Me, Membership, Role } from '#lib/api/shapes.ts';
import { forgetDisk, MemoryDisk, openDisk, UNSENT_ROOMS, ROOMS, type Disk } from '#lib/disk/disk.ts';
import { LOCK, Outbox } from '#lib/outbox/outbox.svelte.ts';
import { Live } from '#lib/store/live.svelte.ts';
import { store } from '#lib/store/store.svelte.ts';
import { phoneZone } from '#lib/time/words.ts';

export { store };
export type Device = 'mine' | 'shared';
export type Phase = 'opening' | 'signed_out' | 'open' | 'ended';

/** The one person whose copy lies open on this phone; other tabs read it before they send anything. */
const PERSON = 'person';
/** That person's sign-in is known to be over: nothing is drawn at the next start. */
const ENDED = 'ended';
const ASKED = 'asked';
/** Somebody signed out here without network: the cookie, which no page can delete, must not let anyone in again. */
const LEFT = 'left';

export const outbox = new Outbox(store, {
	isSignedIn: (id) => session.isSignedIn(id),
	onSignedOut: () => session.end()
});
export const live = new Live(store);

type Hook = (personId: Id, disk: Disk) => void | Promise<void>;
/** `ended`: out of sight until the same person is back. `signed_out`: left on purpose. */
export type Why = 'ended' | 'signed_out' | 'switched';

class Session {
	phase = $state<Phase>('opening');
	device = $state<Device>('mine');
	#asked = $state(globalThis.sessionStorage?.getItem(ASKED) ?? '');
	disk: Disk = new MemoryDisk();

	#personId = $state('');
	#opened: Hook[] = [];
	#circles = '';
	#closed: ((why: Why) => void | Promise<void>)[] = [];

	/** The address a code was asked for; a reload of the page does not lose it. */
	get asked(): string {
		return this.#asked;
	}
	set asked(email: string) {
		this.#asked = email;
		if (email) sessionStorage.setItem(ASKED, email);
		else sessionStorage.removeItem(ASKED);
	}

	get personId(): Id {
		return this.#personId;
	}

	/** Joining or leaving a circle changes what I am: the circles come with the changes, my roles do not. */
	#followCircles(): void {
		const circles = JSON.stringify(store.all('circle').map((one) => [one.id, one.name, one.roles]));
		if (this.#circles && circles !== this.#circles) void this.refresh();
		this.#circles = circles;
	}

	get me(): Me | undefined {
		const me = store.kept<Me>('me');
		if (!me) return undefined;
		// Changes to oneself go through the outbox like everything else and are drawn at once.
		return outbox.commands
			.filter((command) => command.path === '/api/me' && command.method === 'PATCH')
			.filter((command) => command.state !== 'failed')
			.reduce((known, command) => ({ ...known, ...command.body }) as Me, me);
	}

	get memberships(): Membership[] {
		return this.me?.memberships ?? [];
	}

	/** Has this role in any circle. */
	is(role: Role): boolean {
		return this.memberships.some((membership) => membership.roles.includes(role));
	}

	circlesAs(role: Role): Membership[] {
		return this.memberships.filter((membership) => membership.roles.includes(role));
	}

	isSignedIn(personId: Id): boolean {
		if (this.phase !== 'open' || personId !== this.#personId) return false;
		return this.device === 'shared' || localStorage.getItem(PERSON) === personId;
	}

	/** Others open and close with the session (the name key, recordings). */
	onopen(hook: Hook): void {
		this.#opened.push(hook);
	}
	onclose(hook: (why: Why) => void | Promise<void>): void {
		this.#closed.push(hook);
	}

	/** At start: what is on the phone is drawn first, the service is asked after. */
	async begin(): Promise<void> {
		store.onpulled(() => void (this.phase === 'open' && this.#followCircles()));
		addEventListener('storage', (event) => {
			// Another tab signed somebody else in or out: this one must not go on under the old name.
			if (
				event.key === PERSON &&
				event.newValue !== this.#personId &&
				this.device === 'mine' &&
				this.#personId
			) {
				location.reload();
			}
		});
		addEventListener('beforeunload', (event) => {
			if (this.device === 'shared' && outbox.hasUnsent) event.preventDefault();
		});
		const known = localStorage.getItem(PERSON);
		if (known) {
			await this.#open(known, 'mine', undefined, localStorage.getItem(ENDED) === known);
			return;
		}
		try {
			if (localStorage.getItem(LEFT)) {
				await endSession();
				localStorage.removeItem(LEFT);
			}
			const { data } = await call<Me>('GET', '/api/me');
			await this.#open(data.id, 'shared', data);
		} catch {
			this.phase = 'signed_out';
		}
	}

	async #open(personId: Id, device: Device, me?: Me, ended = false): Promise<void> {
		this.device = device;
		this.disk = device === 'mine' ? await openDisk(personId) : new MemoryDisk();
		await store.open(this.disk, personId);
		if (me) await store.keep('me', me);
		this.#personId = personId;
		this.phase = ended ? 'ended' : 'open';
		await outbox.open(this.disk, personId);
		if (ended) return;
		localStorage.removeItem(ENDED);
		for (const hook of this.#opened) await hook(personId, this.disk);
		live.start({ back: () => outbox.wake(true), failed: (error) => this.#refused(error) });
		void this.refresh();
	}

	/** Asks who I am now: name, circles, roles. */
	async refresh(): Promise<void> {
		try {
			const { data } = await call<Me>('GET', '/api/me');
			if (data.id !== this.#personId) {
				// The cookie belongs to somebody else than the copy: that one was signed in elsewhere in this browser.
				localStorage.setItem(PERSON, data.id);
				location.reload();
				return;
			}
			await store.keep('me', data);
		} catch (error) {
			this.#refused(error);
		}
	}

	#refused(error: unknown): void {
		if (error instanceof Refused && error.status === 401) this.end();
	}

	/** The service no longer knows us. Nothing is shown until the same person is back; nothing written is lost. */
	end(): void {
		if (this.phase !== 'open') return;
		this.phase = 'ended';
		if (this.device === 'mine') localStorage.setItem(ENDED, this.#personId);
		live.stop();
		for (const hook of this.#closed) void hook('ended');
	}

	// --- signing in ---

	async askForMail(email: string): Promise<void> {
		await call('POST', '/api/auth/sign-in', { body: { email }, want: 'nothing' });
		this.asked = email;
	}

	/** With the token of the link or the code of the mail. Throws Refused or NotReached. */
	async signIn(proof: { token: string } | { email: string; code: string }, device: Device): Promise<void> {
		// While the cookie changes hands no tab may send: they all hold this lock when they do.
		const me = await withLock(async () => {
			// A new account lives where its phone does, until she says otherwise.
			const body = { ...proof, device, time_zone: phoneZone() };
			await call('POST', '/api/auth/session', { body });
			const { data } = await call<Me>('GET', '/api/me');
			if (device === 'mine') localStorage.setItem(PERSON, data.id);
			else localStorage.removeItem(PERSON);
			localStorage.removeItem(LEFT);
			return data;
		});
		await this.#shut('switched');
		this.asked = '';
		await this.#open(me.id, device, me);
		if (device === 'mine') await store.keep('me', me);
	}

	/**
	 * The same person proves once more who she is, for acts that want a sign-in of the last ten minutes. Everything
	 * stays open, also what a shared phone holds in memory alone.
	 */
	async renew(code: string): Promise<void> {
		const me = store.kept<Me>('me');
		if (!me) return;
		const body = { email: me.email, code, device: this.device };
		await withLock(() => call('POST', '/api/auth/session', { body }));
	}

	/**
	 * Ends the sign-in here and with the service. What was read goes; what is unsent stays on a phone of one's own, under
	 * lock. Works without network too: the service then hears of it at the next start.
	 */
	async signOut(): Promise<void> {
		const { disk } = this;
		const personId = this.#personId;
		// Requests under way end here, so that the lock is free at once.
		outbox.close();
		try {
			await withLock(endSession);
		} catch (error) {
			if (!(error instanceof NotReached)) {
				await outbox.open(disk, personId);
				throw error;
			}
			localStorage.setItem(LEFT, 'yes');
		}
		await disk.write(ROOMS.filter((room) => !UNSENT_ROOMS.includes(room)).map((room) => ({ clear: room })));
		localStorage.removeItem(PERSON);
		localStorage.removeItem(ENDED);
		await this.#shut('signed_out');
		this.phase = 'signed_out';
	}

	/** "Remove everything from this phone": unsent words and recordings too. The name key has its own such act. */
	async forget(): Promise<void> {
		const personId = this.#personId;
		await this.signOut();
		await forgetDisk(personId);
		const left = localStorage.getItem(LEFT);
		localStorage.clear();
		sessionStorage.clear();
		if (left) localStorage.setItem(LEFT, left);
	}

	async #shut(why: Why): Promise<void> {
		live.stop();
		for (const hook of this.#closed) await hook(why);
		outbox.close();
		store.close();
		this.disk.close();
		this.disk = new MemoryDisk();
		this.#personId = '';
		this.#circles = '';
	}
}

async function endSession(): Promise<void> {
	try {
		await call('DELETE', '/api/auth/session', { want: 'nothing' });
	} catch (error) {
		// It had ended already.
		if (!(error instanceof Refused && error.status === 401)) throw error;
	}
}

function withLock<T>(work: () => Promise<T>): Promise<T> {
	return navigator.locks ? (navigator.locks.request(LOCK, work) as Promise<T>) : work();
}

export const session = new Session();
