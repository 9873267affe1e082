import type { Id, Kind } from '#lib/api/shapes.ts';
import { keyOf, type Obj } from './tree.ts';

/** How far an act has come: on this phone · on its way · wants a look before it goes · refused. */
export type Waiting = 'queued' | 'sending' | 'look' | 'failed';

/** What a waiting act will have changed: merged over the object, or making it; `gone` hides it. */
export interface Patch {
	kind: Kind;
	id: Id;
	object?: Record<string, unknown>;
	gone?: boolean;
}

interface Overlay {
	act: string;
	patch: Patch;
	waiting?: Waiting;
}

/** Acts that wait, drawn over the copy. Each call answers with the keys whose look has changed. */
export class Overlays {
	#byKey = new Map<string, Overlay[]>();

	keys(): Iterable<string> {
		return this.#byKey.keys();
	}

	/** The object as it will be once all that waits has been taken. */
	draw(key: string, base: Obj | undefined): (Obj & { waiting?: Waiting }) | undefined {
		const overlays = this.#byKey.get(key);
		if (!overlays) return base;
		let object: (Obj & { waiting?: Waiting }) | undefined = base;
		for (const { patch, waiting } of overlays) {
			if (patch.gone) object = undefined;
			else {
				object = { ...(object ?? { id: patch.id }), ...patch.object } as Obj;
				if (waiting) object.waiting = waiting;
			}
		}
		return object;
	}

	put(act: string, patches: Patch[], waiting?: Waiting): Set<string> {
		const keys = this.lift(act);
		for (const patch of patches) {
			const key = keyOf(patch.kind, patch.id);
			const list = this.#byKey.get(key) ?? [];
			list.push({ act, patch, waiting });
			// Act ids are made in order of time, so that later acts lie over earlier ones however they arrive here.
			list.sort((a, b) => (a.act < b.act ? -1 : a.act > b.act ? 1 : 0));
			this.#byKey.set(key, list);
			keys.add(key);
		}
		return keys;
	}

	lift(act: string): Set<string> {
		const keys = new Set<string>();
		for (const [key, list] of this.#byKey) {
			const left = list.filter((overlay) => overlay.act !== act);
			if (left.length === list.length) continue;
			keys.add(key);
			if (left.length) this.#byKey.set(key, left);
			else this.#byKey.delete(key);
		}
		return keys;
	}

	clear(): void {
		this.#byKey.clear();
	}
}
