/** What each kind of item can hold. Keys are the service's (`app/cases/details.py`); the words are those of the job. */
import type { ItemKind } from '#lib/api/shapes.ts';
import { channels, guesses, directions, pwn } from './choices.ts';
import { words, line, day, number, yes, choice, later, type FieldSpec } from './fields.ts';

export { shown } from './fields.ts';

export const itemFields: Record<ItemKind, FieldSpec[]> = {
	goal: [
		words('will', 'The student will', 'What anyone would see'),
		choice('measure', 'Measured as', [
			['rate', 'Count in a minute'],
			['percent', 'Percent, correct of total'],
			['trials', 'Trials, so many of so many'],
			['frequency', 'How often'],
			['duration', 'How long'],
			['latency', 'How long until'],
			['interval', 'Share of intervals'],
			['rubric', 'Rubric'],
			['task_steps', 'Steps done alone'],
			['work_completion', 'Work turned in'],
			['yes_no', 'Yes or no']
		]),
		line('unit', 'Unit', 'words a minute'),
		choice('direction', 'The aim is', [
			['increase', 'More'],
			['decrease', 'Less']
		]),
		number('baseline', 'Baseline'),
		day('baseline_on', 'Baseline taken on'),
		number('target', 'Target'),
		day('target_on', 'Target by', 'When the target should be reached. The chart’s aim line ends here.'),
		...later(
			line('area', 'Area of need'),
			words('condition', 'Given what, when, with whom'),
			words('criterion', 'How we know it is met'),
			words('measured_by', 'Tool on data day'),
			line('how_often', 'How often', 'weekly'),
			words('text', 'The goal as it stands in the plan'),
			choice('progress', 'Progress so far', [
				['not_introduced', 'Not introduced'],
				['no_progress', 'No progress'],
				['some_progress', 'Some progress'],
				['sufficient', 'Sufficient to meet the goal'],
				['met', 'Met']
			]),
			words('progress_note', 'Sentence for the progress report')
		)
	],
	present_levels: [
		line('area', 'Area'),
		words('strengths', 'What goes well'),
		words('family', 'What the family says'),
		words('student', 'What the student says'),
		words('now', 'What the student can do now', 'Counted, with date and source'),
		words('classmates', 'What classmates do on the same'),
		words('pattern', 'What pattern you see'),
		words('effect', 'How it affects class work'),
		words('need', 'The need a goal should pick up'),
		words('source', 'Where it is from'),
		day('as_of', 'As of')
	],
	accommodation: [
		choice('type', 'It changes', [
			['accommodation', 'How: an accommodation'],
			['modification', 'What: a modification'],
			['unsure', 'Not sure yet']
		]),
		choice('scope', 'Where it holds', [
			['classroom', 'Classroom'],
			['testing', 'Testing'],
			['both', 'Both']
		]),
		words('amount', 'How much'),
		words('place', 'Where and when'),
		words('who_starts', 'Who starts it', 'A role, not a name'),
		words('reason', 'Why'),
		day('starts_on', 'From'),
		day('ends_on', 'Until'),
		day('review_on', 'Look again on')
	],
	service: [
		line('service', 'Service'),
		number('minutes', 'Minutes'),
		choice('per', 'Each', [
			['day', 'Day'],
			['week', 'Week'],
			['month', 'Month'],
			['quarter', 'Quarter'],
			['term', 'Term'],
			['year', 'Year']
		]),
		line('place', 'Where', 'push-in, pull-out'),
		line('provider_role', 'Who gives it', 'A role, not a name'),
		number('group_size', 'Group size'),
		yes('is_consultation', 'Consultation only'),
		day('starts_on', 'From'),
		day('ends_on', 'Until')
	],
	meeting: [
		choice('meeting_kind', 'Kind', [
			['annual_review', 'Annual review'],
			['iep_initial', 'First IEP'],
			['iep_review', 'IEP review'],
			['amendment', 'Amendment'],
			['eligibility', 'Eligibility'],
			['reevaluation', 'Reevaluation'],
			['s504', '504'],
			['ilp_review', 'ILP review'],
			['manifestation', 'Manifestation'],
			['transition', 'Transition'],
			['family', 'Family'],
			['team', 'Team'],
			['other', 'Other']
		]),
		{ key: 'time', label: 'Time', shape: 'time' },
		words('purpose', 'Purpose in one sentence', 'With the decision you want'),
		{ key: 'points', label: 'Points to make', shape: 'lines', hint: 'One a line; three carry' },
		words('say_it', 'The sentence to say when it gets hard'),
		{ key: 'bring', label: 'What to bring', shape: 'lines', hint: 'One a line' },
		...later(
			words('question', 'What is still open'),
			words('check_locally', 'What to check locally'),
			{ key: 'checklist', label: 'Before the day', shape: 'ticks', hint: 'One a line' },
			choice('interpreter', 'Interpreter', [
				['not_needed', 'Not needed'],
				['needed', 'Needed'],
				['booked', 'Booked']
			]),
			day('notice_sent_on', 'Notice sent on'),
			day('draft_shared_on', 'Draft shared on'),
			{ key: 'attendees', label: 'Who comes', shape: 'lines', hint: 'Roles, one a line' },
			day('held_on', 'Held on'),
			words('decision', 'What was decided'),
			words('parent_words', 'What the family said'),
			words('disagreement', 'Where we did not agree'),
			choice('pwn', 'Prior written notice', pwn),
			day('pwn_sent_on', 'Notice of the decision sent on'),
			words('how_it_went', 'How it went')
		)
	],
	deadline: [
		choice('rule', 'What for', [
			['annual', 'Annual review'],
			['reeval', 'Reevaluation'],
			['reeval_plan', 'Plan the reevaluation'],
			['eval', 'Evaluation'],
			['iep_initial', 'First IEP'],
			['services_start', 'Services begin'],
			['in_effect', 'Plan in effect'],
			['notice', 'Meeting notice'],
			['draft_out', 'Drafts to the family'],
			['pwn', 'Prior written notice'],
			['safeguards', 'Safeguards copy'],
			['progress', 'Progress report'],
			['removals', 'Days removed'],
			['mdr', 'Manifestation meeting'],
			['iaes', 'Interim setting'],
			['transition', 'Transition'],
			['majority', 'Age of majority'],
			['records', 'Records request'],
			['s504', '504 review'],
			['ilp', 'ILP review'],
			['acc_check', 'Accommodation check'],
			['other', 'Something else']
		]),
		choice('status', 'Where it stands', [
			['open', 'Open'],
			['done', 'Done'],
			['waived', 'Waived by agreement']
		]),
		day('anchor_on', 'Counted from'),
		words('source', 'Why this day'),
		day('done_on', 'Done on'),
		words('note', 'Note')
	],
	contact: [
		choice('direction', 'Who began', directions),
		choice('channel', 'How', channels),
		line('who', 'With whom', 'A parent, a grandparent'),
		words('purpose', 'What for'),
		words('concern', 'Their concern, in their words'),
		words('response', 'What we answered'),
		words('next_step', 'Next step'),
		line('by_whom', 'By whom', 'A role'),
		day('next_step_by', 'By when'),
		yes('followed_up', 'Followed up'),
		yes('in_plan', 'In the plan’s parent concerns'),
		line('language', 'Language'),
		yes('interpreter', 'With an interpreter')
	],
	behavior: [
		words('definition', 'So that two people count the same'),
		words('setting', 'Where'),
		words('before', 'What comes before'),
		words('behavior', 'What anyone would see'),
		words('after', 'What comes after'),
		line('duration', 'How long'),
		words('intensity', 'How strong, as defined here'),
		words('plan_in_use', 'Was the plan in use?'),
		choice('guess', 'A guess at what it is for', guesses)
	],
	first_talk: [
		words('needs', 'What the student says is needed'),
		words('helps', 'What helps'),
		words('goals', 'Goals in the student’s words'),
		words('interests', 'Interests'),
		words('plan', 'What we will try'),
		words('i_will', 'What I will do'),
		day('review_on', 'Talk again on')
	],
	todo: [yes('done', 'Done'), day('done_on', 'Done on'), words('note', 'Note')],
	note: [words('body', 'Note')]
};
