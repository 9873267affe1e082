import type { DraftKind, GradeBand, Help, PlanType, Topic } from '#lib/api/shapes.ts';

/** What the contract's words are called on screen. */
export const topicWords: Record<Topic, string> = {
	draft: 'My draft',
	meeting: 'A meeting',
	placement: 'Placement',
	behavior: 'Behavior',
	family: 'The family',
	team: 'My team',
	accommodations: 'Accommodations',
	data: 'Data',
	paperwork: 'Paperwork',
	caseload: 'Caseload',
	wrong: 'Something feels wrong',
	think: 'Just think with me'
};

/** The same, as the one who answers reads them. */
export const areaWords: Record<Topic, string> = {
	...topicWords,
	draft: 'Draft',
	meeting: 'Meeting',
	family: 'Family',
	team: 'Team',
	wrong: 'Something feels wrong',
	think: 'Thinking aloud'
};

export const helpWords: Record<Help, string> = {
	wording: 'Wording',
	questions: 'Questions to think with',
	second_opinion: 'A second opinion',
	challenge: 'Challenge me',
	check_locally: 'What to check locally',
	listen: 'Just listen'
};

/** What someone wishes for, at the end of "From Dana, Ohio." */
export const helpWants: Record<Help, string> = {
	wording: 'Wants wording',
	questions: 'Wants questions to think with',
	second_opinion: 'Wants a second opinion',
	challenge: 'Wants to be challenged',
	check_locally: 'Wants to know what to check locally',
	listen: 'Asks you just to listen'
};

export const draftWords: Record<DraftKind, string> = {
	present_levels: 'Present levels',
	goal: 'Goal',
	accommodation: 'Accommodation',
	service: 'Service',
	behavior: 'Behavior',
	meeting_notes: 'Meeting notes',
	email: 'Mail',
	other: 'Draft'
};

export const planWords: Record<PlanType, string> = {
	IEP: 'IEP',
	'504': '504',
	ILP: 'ILP',
	referral: 'referral',
	other: 'other plan'
};

export const gradeWords = (band: GradeBand | (string & {})): string =>
	band === '18-21' ? 'ages 18–21' : `grades ${band.replace('-', '–')}`;

export function choices<T extends string>(words: Record<T, string>): { value: T; label: string }[] {
	return (Object.entries(words) as [T, string][]).map(([value, label]) => ({ value, label }));
}
