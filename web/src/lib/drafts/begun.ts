import type { Id } from '#lib/api/shapes.ts';

/** A remark begun and not put yet, as it lies on the phone. Offsets are UTF-16, of that version. */
export interface Begun {
	version: number;
	start: number;
	end: number;
	wording?: string;
	wordingKept?: string[];
	why?: string;
	whyKept?: string[];
}

export const remarkPlace = (draftId: Id) => `remark:${draftId}`;
export const editPlace = (draftId: Id) => `edit:${draftId}`;
