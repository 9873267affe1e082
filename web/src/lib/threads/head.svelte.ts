/** What stands at the head of a thread and in its rows: whose, about whom, until when. Reactive: use it in `$derived`. */
import type { Day, Id } from '#lib/api/shapes.ts';
import { aliasOf, cases } from '#lib/cases/cases.svelte.ts';
import { firstName, nameOf } from '#lib/people/people.ts';
import { regionWords } from '#lib/people/regions.ts';
import { session, store } from '#lib/session/session.svelte.ts';
import { daysBetween, today, weekday } from '#lib/time/words.ts';
import { capital } from './reading.ts';
import type { ThreadRow } from './threads.svelte.ts';
import { areaWords, gradeWords, helpWants, planWords } from './words.ts';

export const isMine = (thread: ThreadRow) => thread.author_id === session.personId;

/** Today, where this person lives. */
export const todayHere = () => today(session.me?.time_zone ?? undefined);

/** What the head calls it: its title, else what it is about. The question itself stands right under it. */
export function headOf(thread: ThreadRow): string {
	if (thread.title) return thread.title;
	if (thread.topic) return areaWords[thread.topic];
	return isMine(thread) ? 'Your question' : 'A question';
}

/** The line under it: "Otter, for Friday’s meeting", or to a mentor "From Dana, Ohio. Grades 6–8, IEP. Wants wording". */
export function aboutOf(thread: ThreadRow): string {
	if (isMine(thread)) {
		const meeting = meetingOf(thread);
		const alias = aliasOf(thread.case_id);
		const when = meeting && `for ${meetingWords(meeting.due_on!)}`;
		return [alias, when].filter(Boolean).join(', ').replace(/^f/, 'F');
	}
	const from = [firstName(nameOf(thread.author_id, thread)), regionOf(thread)].filter(Boolean).join(', ');
	const parts = [`From ${from}`, studentOf(thread), thread.help ? helpWants[thread.help] : ''];
	return parts.filter(Boolean).map(capital).join('. ');
}

/** The meeting it is for; without one of its own, the student's next. Only who asked knows it. */
export function meetingOf(thread: ThreadRow) {
	if (!isMine(thread)) return undefined;
	const own = store.get('item', thread.meeting_id);
	if (own?.due_on) return own;
	return thread.case_id
		? cases.meetings(todayHere()).find((item) => item.case_id === thread.case_id && item.due_on)
		: undefined;
}

/** "Friday’s meeting", "today’s meeting", "the meeting in 3 weeks". */
export function meetingWords(day: Day, now: Day = todayHere()): string {
	const days = daysBetween(now, day);
	if (days === 0) return 'today’s meeting';
	if (days === 1) return 'tomorrow’s meeting';
	if (days > 1 && days < 7) return `${weekday(day)}’s meeting`;
	return 'the meeting';
}

/** "Friday’s brief", "the brief". */
export const briefWords = (day: Day) => meetingWords(day).replace('meeting', 'brief');

export function regionOf(thread: ThreadRow): string {
	return regionWords(thread.people?.find((person) => person.id === thread.author_id)?.region);
}

/** All that a mentor is told of a student: "grades 6–8, IEP". */
function studentOf(thread: ThreadRow): string {
	const student = thread.case;
	const plan = student?.plan_type as keyof typeof planWords | undefined;
	const grades = student?.grade_band ? gradeWords(student.grade_band) : '';
	return [grades, (plan && planWords[plan]) || ''].filter(Boolean).join(', ');
}

/** What a mentor needs to know before opening it: "Accommodations, grades 6–8, IEP, Ohio". */
export function glimpseOf(thread: ThreadRow): string {
	const topic = thread.topic ? areaWords[thread.topic] : '';
	const student = thread.case ? studentOf(thread) : 'no student';
	return capital([topic, student, regionOf(thread)].filter(Boolean).join(', '));
}

/** The question's author and mentor by name: their own names are no findings in their thread. */
export function peopleOf(thread: ThreadRow): string[] {
	const ids: (Id | null | undefined)[] = [thread.author_id, thread.mentor_id, session.personId];
	const known = (thread.people ?? [])
		.filter((person) => ids.includes(person.id))
		.map((person) => person.display_name);
	return [...new Set([...known, session.me?.display_name ?? ''])].filter(Boolean);
}
