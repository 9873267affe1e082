import type { Id, SearchHit } from '#lib/api/shapes.ts';
import { session } from '#lib/session/session.svelte.ts';

interface Search {
	typed: string;
	caseId: Id | '';
	kind: string;
	time: string;
	hits?: SearchHit[];
	following?: string | null;
}

/** The search one came from, so that *back* finds it as it was. In memory only: its words stay nowhere. */
export const last: { search?: Search } = {};

session.onclose(() => {
	last.search = undefined;
});
