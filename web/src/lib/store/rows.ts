import type { Change, Id } from '#lib/api/shapes.ts';
import { keyOf, parentOf, splitKey, type Obj, type Part } from './tree.ts';

/** The copy in memory: rows by key, and which rows hang under which. */
export class Rows {
	readonly map = new Map<string, Obj>();
	#children = new Map<string, Set<string>>();

	set(key: string, object: Obj): void {
		this.unset(key);
		this.map.set(key, object);
		const parent = parentOf(splitKey(key)[0], object);
		if (!parent) return;
		if (!this.#children.has(parent)) this.#children.set(parent, new Set());
		this.#children.get(parent)!.add(key);
	}

	unset(key: string): void {
		const old = this.map.get(key);
		if (!old) return;
		this.map.delete(key);
		const parent = parentOf(splitKey(key)[0], old);
		if (parent) this.#children.get(parent)?.delete(key);
	}

	clear(): void {
		this.map.clear();
		this.#children.clear();
	}

	/** Everything that goes when `gone` goes, what came earlier on the same page (`coming`) included. */
	branch(gone: Pick<Change, 'kind' | 'id'>, coming: Map<string, Part>, me: Id): Set<string> {
		const top = keyOf(gone.kind, gone.id);
		const found = new Set([top]);
		const queue = [top];
		if (gone.kind === 'circle') {
			// Leaving a circle takes what others gave me there; what I asked stays mine.
			for (const thread of this.#threads(coming)) {
				if (thread.circle_id !== gone.id || thread.author_id === me) continue;
				queue.push(keyOf('thread', thread.id));
				found.add(keyOf('thread', thread.id));
			}
		}
		for (let at = queue.pop(); at; at = queue.pop()) {
			const below = [...(this.#children.get(at) ?? [])];
			for (const [key, part] of coming) if (part.parent === at) below.push(key);
			for (const key of below) {
				if (found.has(key)) continue;
				found.add(key);
				queue.push(key);
			}
		}
		return found;
	}

	*#threads(coming: Map<string, Part>): Iterable<Obj> {
		for (const [key, object] of this.map) if (key.startsWith('thread:')) yield object;
		for (const part of coming.values()) if (part.kind === 'thread') yield part.object;
	}
}
