/** Counts what is recorded, without the pauses. A recorder's own files do not say how long they are. */
export class Stopwatch {
	#before = 0;
	#since: number | undefined;

	constructor(
		ms = 0,
		readonly now: () => number = () => performance.now()
	) {
		this.#before = ms;
	}

	get ms(): number {
		return this.#before + (this.#since === undefined ? 0 : this.now() - this.#since);
	}
	get isRunning(): boolean {
		return this.#since !== undefined;
	}
	start(): void {
		this.#since ??= this.now();
	}
	stop(): void {
		this.#before = this.ms;
		this.#since = undefined;
	}
}
