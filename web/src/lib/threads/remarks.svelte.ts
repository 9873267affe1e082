import { placed, type Anchored } from '#lib/drafts/passages.ts';
import { knownOf, newestOf } from '#lib/drafts/words.svelte.ts';
import { session } from '#lib/session/session.svelte.ts';
import type { CommentRow, DraftView, ThreadView } from './threads.svelte.ts';

export interface OpenRemark {
	draft: DraftView;
	/** The draft's newest words. */
	text: string;
	remark: Anchored<CommentRow>;
}

/** What others put on a thread's drafts and nobody has decided yet; wording to use comes before what is only said. */
export function openRemarks(thread: ThreadView): OpenRemark[] {
	if (thread.state === 'closed') return [];
	const all = thread.drafts.flatMap((draft) => {
		const text = newestOf(draft)?.text ?? '';
		return placed(
			draft.comments.filter((one) => one.state === 'open'),
			text,
			knownOf(draft)?.text
		).map((remark) => ({ draft, text, remark }));
	});
	return all
		.filter(({ remark }) => remark.comment.author_id !== session.personId)
		.sort(
			(a, b) => Number(b.remark.comment.suggestion != null) - Number(a.remark.comment.suggestion != null)
		);
}
