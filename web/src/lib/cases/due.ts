/** When something on the record is due, and what it is then called. Days are the owner's own. */
import type { Day, Item } from '#lib/api/shapes.ts';

type What = Pick<Item, 'kind' | 'title' | 'due_on' | 'details'>;

const meetingWords: Record<string, string> = {
	annual_review: 'annual',
	iep_initial: 'first IEP meeting',
	iep_review: 'IEP review',
	amendment: 'amendment',
	eligibility: 'eligibility meeting',
	reevaluation: 'reevaluation',
	s504: '504 meeting',
	ilp_review: 'ILP review',
	manifestation: 'manifestation meeting',
	transition: 'transition meeting',
	family: 'family meeting',
	team: 'team meeting'
};
const deadlineWords: Record<string, string> = {
	annual: 'annual review',
	reeval: 'reevaluation',
	eval: 'evaluation',
	iep_initial: 'first IEP',
	progress: 'progress report',
	s504: '504 review',
	ilp: 'ILP review'
};

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

/** Done, waived or held: nothing is due any more. */
export function isDone({ kind, details }: Pick<Item, 'kind' | 'details'>): boolean {
	if (kind === 'todo') return details?.done === true;
	if (kind === 'deadline') return details?.status === 'done' || details?.status === 'waived';
	if (kind === 'meeting') return typeof details?.held_on === 'string';
	if (kind === 'contact') return details?.followed_up === true;
	if (kind === 'goal') return details?.progress === 'met';
	return false;
}

/**
 * The day something is due. What was promised stays until it is done: a to-do, a deadline, a next step with the family.
 * Everything else is due only while its day is ahead; the day of a call home that has been is history.
 */
export function dueOn(item: What, now: Day): Day | undefined {
	if (isDone(item)) return undefined;
	const { kind, details } = item;
	if (kind === 'todo' || kind === 'deadline') return item.due_on ?? undefined;
	const promised = kind === 'contact' ? text(details?.next_step_by) : undefined;
	if (promised) return promised;
	return [item.due_on, text(details?.review_on)].filter((day): day is Day => !!day && day >= now).sort()[0];
}

/** A noun that a student can have: "annual", "progress report". */
export function nounOf({ kind, details }: Pick<Item, 'kind' | 'details'>): string | undefined {
	if (kind === 'meeting') return meetingWords[String(details?.meeting_kind ?? '')];
	if (kind === 'deadline') return deadlineWords[String(details?.rule ?? '')];
	return undefined;
}

/** What is to be done, without whose it is: a next step says more than the call it came from. */
export function dueWords(item: What): string {
	const step = item.kind === 'contact' && !isDone(item) ? text(item.details?.next_step) : undefined;
	if (step) return step;
	const isReview = !item.due_on && text(item.details?.review_on);
	if (isReview && item.kind === 'first_talk') return 'Talk again';
	if (isReview) return `Look again: ${item.title}`;
	return item.title;
}
