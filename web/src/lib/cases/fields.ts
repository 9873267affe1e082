/**
 * What each kind of item and of entry can hold, as a form asks for it: label, shape, choices. Keys are the service's
 * (`app/cases/details.py` and `entry_details.py`); the words are those of the job. `words` and `line` are screened.
 */
import type { ItemKind } from '#lib/api/shapes.ts';

export type Shape = 'words' | 'line' | 'lines' | 'number' | 'day' | 'time' | 'choice' | 'yes' | 'ticks';
export interface FieldSpec {
	key: string;
	label: string;
	shape: Shape;
	hint?: string;
	choices?: [value: string, label: string][];
}

const words = (key: string, label: string, hint?: string): FieldSpec => ({
	key,
	label,
	shape: 'words',
	hint
});
const line = (key: string, label: string, hint?: string): FieldSpec => ({ key, label, shape: 'line', hint });
const day = (key: string, label: string): FieldSpec => ({ key, label, shape: 'day' });
const number = (key: string, label: string, hint?: string): FieldSpec => ({
	key,
	label,
	shape: 'number',
	hint
});
const yes = (key: string, label: string): FieldSpec => ({ key, label, shape: 'yes' });
const choice = (key: string, label: string, choices: [string, string][]): FieldSpec => ({
	key,
	label,
	shape: 'choice',
	choices
});

const channels: [string, string][] = [
	['phone', 'Phone'],
	['text', 'Text message'],
	['email', 'Email'],
	['in_person', 'In person'],
	['video', 'Video'],
	['note', 'Note'],
	['platform', 'School platform'],
	['other', 'Other']
];
const guesses: [string, string][] = [
	['escape', 'To get away from it'],
	['attention', 'For attention'],
	['item', 'To get something'],
	['sensory', 'For how it feels'],
	['unsure', 'Not sure']
];
const directions: [string, string][] = [
	['out', 'We reached out'],
	['in', 'They came to us']
];
const pwn: [string, string][] = [
	['needed', 'Needed'],
	['sent', 'Sent'],
	['not_needed', 'Not needed'],
	['unsure', 'Not sure']
];

export const kindWords: Record<ItemKind, string> = {
	goal: 'Goal',
	present_levels: 'Present levels',
	accommodation: 'Accommodation',
	service: 'Service',
	meeting: 'Meeting',
	deadline: 'Deadline',
	contact: 'Family contact',
	behavior: 'Behavior',
	first_talk: 'First talk',
	todo: 'To do',
	note: 'Note'
};

/** The headings of a student's page, in the order a case manager looks for them. */
export const groups: [ItemKind, string][] = [
	['meeting', 'Meetings'],
	['deadline', 'Deadlines'],
	['goal', 'Goals'],
	['present_levels', 'Present levels'],
	['accommodation', 'Accommodations'],
	['service', 'Services'],
	['contact', 'Family'],
	['behavior', 'Behavior'],
	['first_talk', 'First talk'],
	['todo', 'To do'],
	['note', 'Notes']
];

export const titleHints: Record<ItemKind, string> = {
	goal: 'Reading aloud',
	present_levels: 'Reading',
	accommodation: 'Text-to-speech',
	service: 'Specially designed instruction, reading',
	meeting: 'Annual review',
	deadline: 'Progress report',
	contact: 'Call home',
	behavior: 'Leaving the room',
	first_talk: 'First talk in September',
	todo: 'Print the chart',
	note: 'Something worth keeping'
};

const dueWords: Partial<Record<ItemKind, string>> = { meeting: 'Day', goal: 'Goal date', deadline: 'Due' };
export const dueLabel = (kind: ItemKind) => dueWords[kind] ?? 'Due, if there is a day';

export const itemFields: Record<ItemKind, FieldSpec[]> = {
	goal: [
		line('area', 'Area of need'),
		words('condition', 'Given what, when, with whom'),
		words('will', 'The student will', 'What anyone would see'),
		words('criterion', 'How we know it is met'),
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
			['decrease', 'Fewer']
		]),
		number('baseline', 'Baseline'),
		day('baseline_on', 'Baseline taken on'),
		number('target', 'Target'),
		day('target_on', 'Target by'),
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

/** A value as it stands on a page; undefined when there is nothing to say. */
export function shown(field: FieldSpec, value: unknown): string | undefined {
	if (value === null || value === undefined || value === '') return undefined;
	if (field.shape === 'yes') return value ? 'Yes' : 'No';
	if (field.shape === 'choice') return field.choices?.find(([key]) => key === value)?.[1] ?? String(value);
	if (field.shape === 'ticks')
		return (value as { text?: string; done?: boolean }[])
			.map((tick) => `${tick.done ? '☑' : '☐'} ${tick.text ?? ''}`)
			.join('\n');
	if (Array.isArray(value)) return value.join('\n') || undefined;
	return String(value);
}
