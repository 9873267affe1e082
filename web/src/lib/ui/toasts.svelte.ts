/** What has just happened, for six seconds above the bar, spoken politely. */
export interface Toast {
	id: number;
	words: string;
	undo?: () => void;
}

const SHOWN_MS = 6_000;
/** Something that can be taken back stays longer: ten seconds, as the recorder promises. */
const UNDO_MS = 10_000;

class Toasts {
	list = $state<Toast[]>([]);
	#last = 0;

	say(words: string, undo?: () => void): void {
		const id = ++this.#last;
		// One at a time: the newest is what counts.
		this.list = [{ id, words, undo }];
		setTimeout(() => this.drop(id), undo ? UNDO_MS : SHOWN_MS);
	}

	/** What it speaks of is no longer here, so there is nothing to take back. */
	clear(): void {
		this.list = [];
	}

	drop(id: number): void {
		this.list = this.list.filter((toast) => toast.id !== id);
	}
}

export const toasts = new Toasts();
