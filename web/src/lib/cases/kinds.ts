/** What the kinds of items are called, where they stand, and what a new one might be named. */
import type { ItemKind } from '#lib/api/shapes.ts';

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

const dueLabels: Partial<Record<ItemKind, string>> = {
	meeting: 'Day',
	contact: 'Day of it',
	behavior: 'Day of it',
	first_talk: 'Day of it',
	goal: 'Goal date',
	deadline: 'Due'
};
/** What the day is for, where another day of the form could be meant. */
export const dueHints: Partial<Record<ItemKind, string>> = {
	goal: 'When the goal ends, mostly with the plan. It then stands under Due.'
};
export const dueLabel = (kind: ItemKind) => dueLabels[kind] ?? 'Due, if there is a day';
