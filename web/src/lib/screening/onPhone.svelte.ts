/**
 * The screen that runs on the phone itself. It is fetched and started in the background, once the first screen is
 * drawn; until it is ready, or where it cannot run, the service is asked instead.
 *
 *   onPhone.state              'off' not begun · 'starting' · 'ready' · 'failed' it cannot run here (reactive)
 *   onPhone.warm()             fetches and starts it; harmless to repeat
 *   await onPhone.begun()      it is ready, or it is known that it will not be for now
 *   await onPhone.read(text)   findings; throws NotHere when it cannot say
 */
import { all, engine, python } from 'virtual:screen-files';
import type { ScreenAnswer } from '#lib/api/shapes.ts';

export type Asked =
	{ python: string; engine: string } | { id: number; text: string; kept: string[]; people: string[] };
export type Said =
	| { is: 'ready' | 'failed' }
	| { is: 'read'; id: number; answer: ScreenAnswer }
	| { is: 'unread'; id: number };

/** The phone's own screen cannot say now. */
export class NotHere extends Error {}

/** Where its files are kept for times without network; old ones go when new ones are there. */
const CACHE = 'screen';
const AGAIN_AFTER_MS = 30_000;
const START_WITHIN_MS = 90_000;
/** The longest draft takes a slow phone two or three seconds; past this something is wrong with the worker. */
const READ_WITHIN_MS = 20_000;
const MOST_STARTS = 2;

interface Waiting {
	resolve: (answer: ScreenAnswer) => void;
	reject: (why: Error) => void;
	timer: ReturnType<typeof setTimeout>;
}

export class OnPhone {
	state = $state<'off' | 'starting' | 'ready' | 'failed'>('off');
	#worker: Worker | undefined;
	#starts = 0;
	#last = 0;
	#waiting = new Map<number, Waiting>();
	#started: Promise<void> | undefined;
	#reading: Promise<void> = Promise.resolve();
	#isWarm = false;

	warm(): void {
		if (this.#isWarm || !('Worker' in globalThis) || !('WebAssembly' in globalThis)) return;
		this.#isWarm = true;
		void this.#prepare();
	}

	async #prepare(): Promise<void> {
		const saves = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData;
		try {
			if (!(await this.#keepFiles(saves ?? false))) {
				this.#isWarm = false;
				return;
			}
		} catch {
			// No network, or it broke off: composers try at once, and so does time.
			this.#isWarm = false;
			setTimeout(() => this.warm(), AGAIN_AFTER_MS);
			return;
		}
		void this.#start();
	}

	/** Fetches what is not kept yet, unless the phone saves data. False: not all is here. */
	async #keepFiles(saves: boolean): Promise<boolean> {
		if (!('caches' in globalThis)) return !saves;
		const cache = await caches.open(CACHE);
		const kept = (await cache.keys()).map((request) => new URL(request.url).pathname);
		const missing = all.filter((path) => !kept.includes(path));
		if (missing.length && saves) return false;
		// One after the other: what has come stays when the network goes in the middle.
		for (const path of missing) await cache.add(path);
		for (const old of kept.filter((path) => !all.includes(path))) await cache.delete(old);
		return true;
	}

	#start(): Promise<void> {
		if (this.#worker || this.#starts >= MOST_STARTS) return this.#started ?? Promise.resolve();
		this.#starts++;
		this.state = 'starting';
		this.#started = new Promise((resolve) => {
			let worker: Worker;
			const end = (state: 'ready' | 'failed') => {
				clearTimeout(timer);
				if (this.#worker !== worker) return;
				if (state === 'failed') this.#drop();
				this.state = state;
				resolve();
			};
			const timer = setTimeout(() => end('failed'), START_WITHIN_MS);
			try {
				worker = new Worker(new URL('./reader.worker.ts', import.meta.url), { type: 'module' });
			} catch {
				clearTimeout(timer);
				this.state = 'failed';
				return resolve();
			}
			this.#worker = worker;
			worker.onmessage = ({ data }: MessageEvent<Said>) => {
				if ('id' in data) this.#answered(data);
				else end(data.is);
			};
			// Out of memory, or a browser that cannot: quietly without.
			worker.onerror = (event) => {
				event.preventDefault();
				end('failed');
			};
			worker.postMessage({ python, engine } satisfies Asked);
		});
		return this.#started;
	}

	/** Resolves at once where it has not been begun. */
	begun(): Promise<void> {
		return this.#started ?? Promise.resolve();
	}

	/** One at a time: what was typed over meanwhile, its `signal` says so, is never begun. */
	async read(
		text: string,
		kept: string[] = [],
		people: string[] = [],
		signal?: AbortSignal
	): Promise<ScreenAnswer> {
		const before = this.#reading;
		let done = () => undefined as void;
		this.#reading = new Promise((resolve) => (done = resolve));
		try {
			await before;
			signal?.throwIfAborted();
			return await this.#ask(text, kept, people);
		} finally {
			done();
		}
	}

	#ask(text: string, kept: string[], people: string[]): Promise<ScreenAnswer> {
		const worker = this.#worker;
		if (this.state !== 'ready' || !worker) return Promise.reject(new NotHere());
		const id = ++this.#last;
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				// It hangs or was killed: begin anew, and ask the service meanwhile.
				this.#drop();
				this.state = 'failed';
				void this.#start();
			}, READ_WITHIN_MS);
			this.#waiting.set(id, { resolve, reject, timer });
			worker.postMessage({ id, text, kept: [...kept], people: [...people] } satisfies Asked);
		});
	}

	#answered(data: Extract<Said, { id: number }>): void {
		const waiting = this.#waiting.get(data.id);
		if (!waiting) return;
		clearTimeout(waiting.timer);
		this.#waiting.delete(data.id);
		if (data.is === 'read') waiting.resolve(data.answer);
		else waiting.reject(new NotHere());
	}

	#drop(): void {
		this.#worker?.terminate();
		this.#worker = undefined;
		for (const { reject, timer } of this.#waiting.values()) {
			clearTimeout(timer);
			reject(new NotHere());
		}
		this.#waiting.clear();
	}
}

export const onPhone = new OnPhone();
