/** How loud it is, ten times a second. Only for the eye: when it cannot be had, recording goes on without it. */
export class Meter {
	#context: AudioContext | undefined;
	#analyser: AnalyserNode | undefined;
	#samples = new Uint8Array(512);

	constructor(stream: MediaStream) {
		try {
			this.#context = new AudioContext();
			this.#analyser = this.#context.createAnalyser();
			this.#analyser.fftSize = this.#samples.length;
			this.#context.createMediaStreamSource(stream).connect(this.#analyser);
			void this.#context.resume().catch(() => undefined);
		} catch {
			this.#analyser = undefined;
		}
	}

	/** The loudest of the last moment, 0 to 255. */
	read(): number {
		if (!this.#analyser) return 0;
		this.#analyser.getByteTimeDomainData(this.#samples);
		let most = 0;
		for (const sample of this.#samples) most = Math.max(most, Math.abs(sample - 128));
		return Math.min(255, most * 2);
	}

	close(): void {
		void this.#context?.close().catch(() => undefined);
		this.#analyser = undefined;
	}
}
