/**
 * Messages before those the phone keeps: a thread comes with its last 200, older ones are asked for. They stay in
 * memory while the app is open.
 *   earlier.of(threadId)     those fetched so far (reactive)
 *   earlier.fetch(threadId, known)   asks for the page before the oldest known
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Id, Message } from '#lib/api/shapes.ts';
import { read } from '#lib/ask/ask.ts';
import { session } from '#lib/session/session.svelte.ts';
import type { MessageRow } from './threads.svelte.ts';

interface Page {
	messages: Message[];
	/** Leads to the page before; null when there is none; undefined while nobody asked. */
	next?: string | null;
	away: boolean;
}

class Earlier {
	#pages = new SvelteMap<Id, Page>();

	constructor() {
		session.onclose(() => this.#pages.clear());
	}

	of(threadId: Id): MessageRow[] {
		return this.#pages.get(threadId)?.messages ?? [];
	}

	isAll(threadId: Id): boolean {
		return this.#pages.get(threadId)?.next === null;
	}

	isAway(threadId: Id): boolean {
		return this.#pages.get(threadId)?.away ?? false;
	}

	async fetch(threadId: Id, known: { id: Id }[]): Promise<void> {
		const old = this.#pages.get(threadId) ?? { messages: [], away: false };
		try {
			// The first page only says where the one before begins: its messages are here already.
			const next = old.next ?? (await read<{ earlier: string | null }>(`/api/threads/${threadId}`)).earlier;
			if (next === null) return void this.#pages.set(threadId, { ...old, next: null, away: false });
			const page = await read<{ messages: Message[]; earlier: string | null }>(
				`/api/threads/${threadId}?before=${encodeURIComponent(next)}`
			);
			const ids = new Set(known.map((one) => one.id));
			const fresh = page.messages.filter((one) => !ids.has(one.id));
			this.#pages.set(threadId, { messages: [...fresh, ...old.messages], next: page.earlier, away: false });
		} catch {
			this.#pages.set(threadId, { ...old, away: true });
		}
	}
}

export const earlier = new Earlier();
