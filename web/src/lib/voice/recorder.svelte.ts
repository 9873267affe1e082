/**
 * The recorder. Whatever ends it, what was said is on the phone: a call, a locked screen, a lost microphone and a full
 * disk all stop it with the take kept.
 *
 *   await recorder.start(target)   on a tap; `recorder.goOn(take)` puts more after a take that was kept
 *   recorder.phase                 'idle' | 'asking' | 'recording' | 'paused' | 'kept' (reactive)
 *   recorder.ms, .peaks            the clock and the level so far
 *   await recorder.stop()          resolves when the last piece is on the disk
 */
import { update } from '#lib/nav/update.svelte.ts';
import type { Id } from '#lib/api/shapes.ts';
import { Meter } from './meter.ts';
import { bitsFor, end, microphone, troubleOf, typeFor, watchMicrophone, type Trouble } from './microphone.ts';
import { Stopwatch } from './stopwatch.ts';
import { LEAST_MS, MOST_MS, type Mark, type MarkKind, type Take, type Target } from './take.ts';
import { takes } from './takes.svelte.ts';

export type Phase = 'idle' | 'asking' | 'recording' | 'paused' | 'kept';
const PIECE_MS = 1000;
const TICK_MS = 100;
/** A recorder that broke may never say that it has stopped. */
const LAST_PIECE_MS = 2000;

export class Recorder {
	phase = $state<Phase>('idle');
	trouble = $state<Trouble>();
	ms = $state(0);
	peaks = $state.raw<number[]>([]);
	marks = $state.raw<Mark[]>([]);
	takeId = $state<Id>();

	#stream: MediaStream | undefined;
	#recorder: MediaRecorder | undefined;
	#meter: Meter | undefined;
	#watch = new Stopwatch();
	#ticking: ReturnType<typeof setInterval> | undefined;
	#lock: WakeLockSentinel | undefined;
	#writing: Promise<unknown> = Promise.resolve();
	#ended: (() => void) | undefined;
	#stopping: Promise<void> | undefined;
	#away: AbortController | undefined;
	/** Asking for the microphone takes its time; who asked first may have left by then. */
	#turn = 0;

	get take(): Take | undefined {
		return takes.get(this.takeId);
	}

	get #isOn(): boolean {
		return this.phase === 'asking' || this.phase === 'recording' || this.phase === 'paused';
	}

	/** A kept take to go on with, or to send. */
	load(take: Take): void {
		this.takeId = take.id;
		this.ms = take.ms;
		this.peaks = take.peaks;
		this.marks = take.marks;
		this.phase = 'kept';
		this.trouble = undefined;
	}

	/** As it is before anything was said. */
	clear(): void {
		this.takeId = undefined;
		this.ms = 0;
		this.peaks = [];
		this.marks = [];
		this.phase = 'idle';
		this.trouble = undefined;
	}

	/** Does nothing while one is under way. */
	start(target: Target): Promise<void> {
		if (this.#isOn) return Promise.resolve();
		this.clear();
		return this.#begin(() => takes.begin(target));
	}

	goOn(take: Take): Promise<void> {
		if (this.#isOn) return Promise.resolve();
		this.load(take);
		return this.#begin(async () => {
			takes.hold(take.id);
			return take;
		});
	}

	async #begin(make: () => Promise<Take>): Promise<void> {
		const turn = ++this.#turn;
		this.trouble = undefined;
		this.phase = 'asking';
		update.busy = true;
		let stream: MediaStream | undefined;
		try {
			const type = globalThis.MediaRecorder && typeFor((one) => MediaRecorder.isTypeSupported(one));
			if (!type || !navigator.mediaDevices) throw new DOMException('', 'NotSupportedError');
			stream = await microphone();
			if (turn !== this.#turn) return end(stream);
			const take = await make();
			this.takeId = take.id;
			await this.#run(stream, type, take);
		} catch (error) {
			end(stream);
			if (turn !== this.#turn) return;
			await this.#giveUp();
			this.trouble = troubleOf(error);
			this.phase = this.take?.pieces ? 'kept' : 'idle';
			update.busy = false;
		}
	}

	/** It could not begin: nothing of the try stays, what was there before does. */
	async #giveUp(): Promise<void> {
		this.#letGo();
		const take = this.take;
		if (!take) return;
		if (!take.pieces) await takes.forget(take.id).catch(() => undefined);
		takes.letGo(take.id);
	}

	async #run(stream: MediaStream, type: string, take: Take): Promise<void> {
		const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: bitsFor(type) });
		const watch = new Stopwatch(take.ms);
		this.#stream = stream;
		this.#recorder = recorder;
		this.#watch = watch;
		this.#meter = new Meter(stream);
		this.#away = new AbortController();
		watchMicrophone(
			stream,
			{
				taken: () => void this.stop('phone'),
				hidden: () => this.#recorder?.state === 'recording' && this.#recorder.requestData(),
				seen: () => this.phase === 'recording' && void this.#stayAwake()
			},
			this.#away.signal
		);
		takes.recording = () => this.stop('phone');

		let isFirst = true;
		recorder.ondataavailable = ({ data }) => {
			if (data.size) {
				this.#put(take.id, data, isFirst ? recorder.mimeType || type : undefined);
				isFirst = false;
			}
			// Timers sleep in a phone that was put away; pieces do not.
			if (watch.ms >= MOST_MS) void this.stop();
		};
		recorder.onerror = () => void this.stop('phone');
		recorder.onstop = () => {
			if (!this.#stopping) void this.stop('phone');
			this.#ended?.();
		};
		// Only now is anything heard: what is said between the tap and this would be lost without a word.
		await new Promise<void>((resolve, reject) => {
			recorder.onstart = () => resolve();
			setTimeout(() => reject(new DOMException('', 'NotReadableError')), 5000);
			recorder.start(PIECE_MS);
		});
		watch.start();
		this.phase = 'recording';
		this.#ticking = setInterval(() => this.#tick(), TICK_MS);
		void this.#stayAwake();
	}

	/** `newRun` is the type of a recorder whose first piece this is. */
	#put(id: Id, data: Blob, newRun?: string): void {
		const change: Partial<Take> = {
			ms: this.#watch.ms,
			peaks: this.peaks,
			marks: this.marks,
			state: 'recording'
		};
		this.#writing = this.#writing
			.then(async () => {
				const take = takes.get(id);
				const runs = take?.runs ?? [];
				await takes.add(id, await data.arrayBuffer(), {
					...change,
					...(newRun ? { runs: [...runs, { type: newRun, from: take?.pieces ?? 0 }] } : {})
				});
			})
			.catch(() => {
				this.trouble = 'full';
				void this.stop('phone');
			});
	}

	#tick(): void {
		this.ms = Math.min(this.#watch.ms, MOST_MS + 999);
		if (this.phase === 'recording') {
			const level = this.#meter?.read() ?? 0;
			const missing = Math.floor(this.#watch.ms / TICK_MS) - this.peaks.length;
			if (missing > 0) this.peaks = [...this.peaks, ...Array<number>(missing).fill(level)];
		}
		if (this.#watch.ms >= MOST_MS) void this.stop();
	}

	pause(): void {
		if (this.phase !== 'recording' || this.#recorder?.state !== 'recording') return;
		this.#recorder.pause();
		// What was said until now goes to the disk with the pause, not with the next second.
		this.#recorder.requestData();
		this.#watch.stop();
		this.ms = this.#watch.ms;
		this.phase = 'paused';
		void this.#lock?.release().catch(() => undefined);
	}

	resume(): void {
		if (this.phase !== 'paused' || this.#recorder?.state !== 'paused') return;
		this.#recorder.resume();
		this.#watch.start();
		this.phase = 'recording';
		void this.#stayAwake();
	}

	mark(kind: MarkKind): void {
		if (this.phase !== 'recording') return;
		this.marks = [...this.marks, { at_ms: Math.round(this.#watch.ms), kind }];
	}

	/** Ends the recording and keeps it. Whoever calls it second waits for the same end. */
	stop(by: 'phone' | 'speaker' = 'speaker'): Promise<void> {
		if (this.phase === 'asking') {
			this.#turn++;
			this.phase = this.take?.pieces ? 'kept' : 'idle';
			update.busy = false;
			return Promise.resolve();
		}
		if (this.phase !== 'recording' && this.phase !== 'paused') return this.#stopping ?? Promise.resolve();
		this.#stopping ??= this.#stop(by).finally(() => (this.#stopping = undefined));
		return this.#stopping;
	}

	async #stop(by: 'phone' | 'speaker'): Promise<void> {
		const id = this.takeId!;
		this.#watch.stop();
		this.ms = this.#watch.ms;
		const ended = new Promise<void>((resolve) => {
			this.#ended = resolve;
			setTimeout(resolve, LAST_PIECE_MS);
		});
		if (this.#recorder && this.#recorder.state !== 'inactive') this.#recorder.stop();
		else this.#ended?.();
		await ended;
		this.#letGo();
		await this.#writing;
		const take = takes.get(id);
		if (!take?.pieces || this.ms < LEAST_MS) {
			await takes.forget(id).catch(() => undefined);
			this.takeId = undefined;
			this.phase = 'idle';
		} else {
			// A full disk refuses this too; the next start then finds the take as it lies there.
			await takes
				.change(id, { state: 'kept', by, ms: this.ms, peaks: this.peaks, marks: this.marks })
				.catch(() => undefined);
			this.phase = 'kept';
		}
		takes.letGo(id);
		update.busy = false;
	}

	#letGo(): void {
		clearInterval(this.#ticking);
		this.#away?.abort();
		this.#meter?.close();
		end(this.#stream);
		void this.#lock?.release().catch(() => undefined);
		this.#recorder = undefined;
		takes.recording = undefined;
	}

	async #stayAwake(): Promise<void> {
		try {
			this.#lock = await navigator.wakeLock?.request('screen');
		} catch {
			// It may be refused (a low battery); then the screen goes dark and the take is kept all the same.
		}
	}
}
