import type { Day, Id } from '#lib/api/shapes.ts';
import { addDays, daysBetween, weekday } from '#lib/time/words.ts';

/** A meeting to be ready for, as far as asking needs it. */
export interface Meeting {
	id: Id;
	due_on: Day;
	case_id?: Id | null;
}

export interface Need {
	value: string;
	label: string;
	need_by?: Day | null;
	meeting_id?: Id;
}

/** The Friday of a school week; on a weekend the one to come. */
function friday(now: Day): Day {
	const day = new Date(`${now}T12:00:00Z`).getUTCDay();
	return addDays(now, (5 - day + 7) % 7);
}

function meetingLabel(meeting: Meeting, now: Day): string {
	const days = daysBetween(now, meeting.due_on);
	if (days === 0) return 'Before today’s meeting';
	if (days === 1) return 'Before tomorrow’s meeting';
	if (days < 7) return `Before ${weekday(meeting.due_on)}’s meeting`;
	return `Before the meeting ${days < 14 ? 'next week' : `in ${Math.round(days / 7)} weeks`}`;
}

/**
 * When an answer can be needed: tonight, before the next meeting, this week, no rush. A question about a student
 * goes with that student's meeting or with none; a meeting more than three weeks away is not offered.
 */
export function needs(now: Day, meetings: Meeting[], caseId?: Id): Need[] {
	const near = meetings.filter((meeting) => daysBetween(now, meeting.due_on) <= 21);
	const meeting = near.find((one) => !caseId || one.case_id === caseId);
	return [
		{ value: 'tonight', label: 'Tonight', need_by: now },
		...(meeting ? [{ value: 'meeting', label: meetingLabel(meeting, now), meeting_id: meeting.id }] : []),
		{ value: 'week', label: 'This week', need_by: friday(now) },
		{ value: 'none', label: 'No rush', need_by: null }
	];
}

/** What is likely meant: the meeting when there is one within ten days, else this week. */
export function likely(options: Need[], now: Day, meetings: Meeting[]): string {
	const offered = options.find((option) => option.meeting_id);
	const meeting = meetings.find((one) => one.id === offered?.meeting_id);
	return meeting && daysBetween(now, meeting.due_on) <= 10 ? 'meeting' : 'week';
}

/** The evening before a meeting is when its answer is needed. */
export function dayOf(need: Need | undefined, meetings: Meeting[]): Day | null {
	if (!need) return null;
	const meeting = meetings.find((one) => one.id === need.meeting_id);
	return meeting ? addDays(meeting.due_on, -1) : (need.need_by ?? null);
}
