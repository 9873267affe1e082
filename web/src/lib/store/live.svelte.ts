/**
 * Keeps the store fresh: a socket says that something has changed, never what; then the store pulls. Without a socket
 * it asks every half minute while somebody looks. Only `session` starts and stops it.
 */
import type { Store } from './store.svelte.ts';

const STEPS_S = [1, 2, 5, 15, 60];
const POLL_MS = 30_000;
/** Several changes of one commit arrive as several frames: one pull serves them. */
const GATHER_MS = 60;

export class Live {
	/** The socket is open. */
	open = $state(false);
	/** The last try to catch up did not get through; what is seen is from `store.freshAt`. */
	away = $state(false);

	#store: Store;
	#socket: WebSocket | undefined;
	#misses = 0;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#poll: ReturnType<typeof setInterval> | undefined;
	#gather: ReturnType<typeof setTimeout> | undefined;
	#stop: AbortController | undefined;
	#unpulled: (() => void) | undefined;
	#onback: () => void = () => undefined;
	#onrefused: (error: unknown) => void = () => undefined;

	constructor(store: Store) {
		this.#store = store;
	}

	/** `back` is told whenever the network seems to be there again, `failed` why a pull did not work. */
	start(told: { back: () => void; failed: (error: unknown) => void }): void {
		this.stop();
		this.#onback = told.back;
		this.#onrefused = told.failed;
		const stop = new AbortController();
		this.#stop = stop;
		this.#unpulled = this.#store.onpulled(() => (this.away = false));
		const again = () => {
			if (document.visibilityState === 'hidden') return;
			this.#misses = 0;
			this.#onback();
			this.catchUp();
			if (!this.#socket) this.#connect();
		};
		addEventListener('online', again, { signal: stop.signal });
		document.addEventListener('visibilitychange', again, { signal: stop.signal });
		addEventListener('pageshow', again, { signal: stop.signal });
		this.#poll = setInterval(() => {
			if (!this.open && document.visibilityState === 'visible') this.catchUp();
		}, POLL_MS);
		this.catchUp();
		this.#connect();
	}

	stop(): void {
		this.#stop?.abort();
		this.#stop = undefined;
		this.#unpulled?.();
		clearTimeout(this.#retry);
		clearTimeout(this.#gather);
		clearInterval(this.#poll);
		this.#gather = undefined;
		this.#socket?.close();
		this.#socket = undefined;
		this.open = false;
		this.away = false;
	}

	/** Catches up soon; many calls at once become one pull. */
	catchUp(): void {
		if (this.#gather) return;
		this.#gather = setTimeout(async () => {
			this.#gather = undefined;
			const stop = this.#stop;
			try {
				await this.#store.pull();
			} catch (error) {
				if (stop !== this.#stop) return;
				this.away = true;
				this.#onrefused(error);
			}
		}, GATHER_MS);
	}

	#connect(): void {
		clearTimeout(this.#retry);
		if (!this.#stop) return;
		const { protocol, host } = location;
		const since = this.#store.cursor;
		const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`;
		const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api/live${query}`);
		this.#socket = socket;
		socket.onopen = () => {
			this.open = true;
			this.#misses = 0;
			this.#onback();
			this.catchUp();
		};
		socket.onmessage = () => this.catchUp();
		socket.onclose = () => {
			if (this.#socket !== socket) return;
			this.#socket = undefined;
			this.open = false;
			const step = STEPS_S[Math.min(this.#misses++, STEPS_S.length - 1)]!;
			this.#retry = setTimeout(() => this.#connect(), step * 1000 * (0.8 + 0.4 * Math.random()));
		};
	}
}
