/**
 * Voice notes to hear. `audio.src(id)` is what to play now: the copy on this phone when there is one, else the service.
 * `audio.load(id)` takes a copy out of the disk, and `audio.keep(id)` fetches one whole, so that it plays without network.
 */
import { SvelteMap } from 'svelte/reactivity';
import { call } from '#lib/api/client.ts';
import type { Id } from '#lib/api/shapes.ts';
import { session } from '#lib/session/session.svelte.ts';

class Audio {
	#urls = new SvelteMap<Id, string>();
	#under = new Map<Id, Promise<void>>();

	constructor() {
		session.onclose(() => this.clear());
	}

	src(id: Id): string {
		return this.#urls.get(id) ?? `/api/voice/${id}/audio`;
	}

	/** There is a copy on this phone. */
	isHere(id: Id): boolean {
		return this.#urls.has(id);
	}

	async load(id: Id): Promise<boolean> {
		if (this.#urls.has(id)) return true;
		const bytes = await session.disk.get<ArrayBuffer>('audio', id);
		if (bytes) this.#show(id, bytes);
		return bytes !== undefined;
	}

	/** Fetches a note once and keeps it. Without network it does nothing; the next call tries again. */
	keep(id: Id): Promise<void> {
		const running = this.#under.get(id);
		if (running) return running;
		const work = this.#keep(id)
			.catch(() => undefined)
			.finally(() => this.#under.delete(id));
		this.#under.set(id, work);
		return work;
	}

	async #keep(id: Id): Promise<void> {
		if (await this.load(id)) return;
		const { disk } = session;
		const { data } = await call<Blob>('GET', `/api/voice/${id}/audio`, { want: 'blob', timeoutMs: 60_000 });
		const bytes = await data.arrayBuffer();
		await disk.write([{ put: 'audio', row: { key: id, value: bytes } }]);
		if (disk === session.disk) this.#show(id, bytes);
	}

	#show(id: Id, bytes: ArrayBuffer): void {
		if (this.#urls.has(id)) return;
		this.#urls.set(id, URL.createObjectURL(new Blob([bytes], { type: 'audio/mp4' })));
	}

	clear(): void {
		for (const url of this.#urls.values()) URL.revokeObjectURL(url);
		this.#urls.clear();
	}
}

export const audio = new Audio();
