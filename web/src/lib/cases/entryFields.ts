/** What one line of an item's log can hold, by the item's kind. Keys are the service's (`app/cases/entry_details.py`). */
import type { ItemKind } from '#lib/api/shapes.ts';
import { channels, guesses, directions, pwn } from './choices.ts';
import { words, line, day, number, yes, choice, type FieldSpec } from './fields.ts';

export interface EntrySpec {
	/** What a new line is called: "Add a measurement". */
	add: string;
	value?: { label: string };
	fields: FieldSpec[];
}

export const entryFields: Record<ItemKind, EntrySpec> = {
	goal: {
		add: 'Add a data point',
		value: { label: 'Value' },
		fields: [
			number('total', 'Out of'),
			number('errors', 'Errors'),
			line('phase', 'Phase', 'baseline, or what began'),
			choice('help', 'Level of help', [
				['independent', 'Independent'],
				['verbal', 'Spoken prompt'],
				['gestural', 'Gesture'],
				['model', 'Model'],
				['physical', 'Physical']
			]),
			line('setting', 'Setting'),
			line('who', 'Who took it', 'A role'),
			line('tool', 'Tool'),
			yes('absent', 'Not collected'),
			line('why', 'Why not')
		]
	},
	present_levels: {
		add: 'Add evidence',
		fields: [
			line('source', 'Source'),
			line('who', 'Who took it', 'A role'),
			words('classmates', 'Classmates')
		]
	},
	accommodation: {
		add: 'Check how it is used',
		fields: [
			line('term', 'Term'),
			line('setting', 'Class'),
			choice('used', 'Used', [
				['always', 'Always'],
				['sometimes', 'Sometimes'],
				['not', 'Not']
			]),
			choice('why_not', 'If not, why', [
				['forgot', 'Forgot'],
				['embarrassed', 'Embarrassed'],
				['did_not_need_it', 'Did not need it'],
				['not_offered', 'Was not offered'],
				['did_not_know_how', 'Did not know how'],
				['does_not_help', 'Does not help'],
				['other', 'Something else']
			]),
			words('student_view', 'The student says'),
			words('teacher_view', 'The teacher says'),
			words('result', 'What it does'),
			yes('wants_goal', 'The student wants a goal to use it'),
			choice('decision', 'From here', [
				['keep', 'Keep'],
				['change', 'Change'],
				['fade', 'Fade']
			]),
			words('action', 'What follows'),
			line('by_whom', 'By whom', 'A role'),
			day('by_when', 'By when')
		]
	},
	service: {
		add: 'Log minutes',
		fields: [
			number('planned_minutes', 'Planned minutes'),
			number('delivered_minutes', 'Delivered minutes'),
			choice('status', 'It was', [
				['delivered', 'Delivered'],
				['partial', 'Cut short'],
				['missed', 'Missed']
			]),
			choice('missed_reason', 'If missed, why', [
				['student_absent', 'Student absent'],
				['provider_absent', 'Provider absent'],
				['school_closed_or_event', 'School closed or event'],
				['testing', 'Testing'],
				['student_declined', 'Student declined'],
				['no_coverage', 'No coverage'],
				['other', 'Something else']
			]),
			line('place', 'Where'),
			number('group_size', 'Group size'),
			line('provider_role', 'Who gave it', 'A role'),
			choice('make_up', 'To make up', [
				['yes', 'Yes'],
				['no', 'No'],
				['per_policy', 'As the policy says']
			]),
			day('make_up_on', 'Made up on')
		]
	},
	meeting: {
		add: 'Add what was decided',
		fields: [
			words('data', 'Data on the table'),
			words('decision', 'What was decided'),
			words('parent_words', 'What the family said'),
			words('disagreement', 'Where we did not agree'),
			choice('pwn', 'Prior written notice', pwn)
		]
	},
	deadline: {
		add: 'Add a step',
		fields: [
			line('step', 'Step'),
			line('by_whom', 'By whom', 'A role'),
			choice('status', 'Where it stands', [
				['open', 'Open'],
				['done', 'Done'],
				['waived', 'Waived']
			])
		]
	},
	contact: {
		add: 'Add a try or a talk',
		fields: [
			choice('direction', 'Who began', directions),
			choice('channel', 'How', channels),
			yes('reached', 'Reached'),
			words('concern', 'Their concern, in their words'),
			words('response', 'What we answered'),
			words('next_step', 'Next step'),
			day('next_step_by', 'By when')
		]
	},
	behavior: {
		add: 'Add what happened',
		value: { label: 'How many, or how long' },
		fields: [
			{ key: 'time', label: 'Time', shape: 'time' },
			words('setting', 'Where'),
			words('before', 'What came before'),
			words('behavior', 'What anyone would see'),
			words('after', 'What came after'),
			line('duration', 'How long'),
			choice('plan_in_use', 'Was the plan in use?', [
				['yes', 'Yes'],
				['partly', 'Partly'],
				['no', 'No'],
				['unsure', 'Not sure']
			]),
			choice('guess', 'A guess at what it was for', guesses)
		]
	},
	first_talk: {
		add: 'Add a check-in',
		fields: [
			choice('channel', 'How', channels),
			words('said', 'What the student said'),
			words('helps', 'What helps'),
			words('next_step', 'Next step')
		]
	},
	todo: { add: 'Add a step', fields: [yes('done', 'Done')] },
	note: { add: 'Add a line', fields: [] }
};
