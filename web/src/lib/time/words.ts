/**
 * Time as people say it: tomorrow, Thursday, in 3 weeks. Digits only for clock times and durations.
 * Days are `YYYY-MM-DD` strings in the owner's time zone; they are never turned into moments.
 */

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
	'January',
	'February',
	'March',
	'April',
	'May',
	'June',
	'July',
	'August',
	'September',
	'October',
	'November',
	'December'
];
const DAY_MS = 86_400_000;

const noon = (day: string) => Date.parse(`${day}T12:00:00Z`);

export const phoneZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The day it is for a person in `zone`; the phone's own zone where none is given. */
export function today(zone?: string, at: Date = new Date()): string {
	return new Intl.DateTimeFormat('en-CA', {
		timeZone: zone || undefined,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit'
	}).format(at);
}

/** How many days lie from `from` to `to`; negative when `to` is past. */
export function daysBetween(from: string, to: string): number {
	return Math.round((noon(to) - noon(from)) / DAY_MS);
}

export function addDays(day: string, days: number): string {
	return new Date(noon(day) + days * DAY_MS).toISOString().slice(0, 10);
}

export function weekday(day: string): string {
	return WEEKDAYS[new Date(noon(day)).getUTCDay()]!;
}

/** "12 March", with the year when it is another one than `now`'s. */
export function dateWords(day: string, now: string = today()): string {
	const [year, month, date] = day.split('-').map(Number);
	const words = `${date} ${MONTHS[month! - 1]}`;
	return day.slice(0, 4) === now.slice(0, 4) ? words : `${words} ${year}`;
}

/** "tomorrow", "Thursday", "in 9 days", "in 3 weeks", "12 March"; past: "yesterday", "last Thursday". */
export function dayWords(day: string, now: string = today()): string {
	const days = daysBetween(now, day);
	if (days === 0) return 'today';
	if (days === 1) return 'tomorrow';
	if (days === -1) return 'yesterday';
	if (days > 1 && days < 7) return weekday(day);
	if (days < -1 && days > -7) return `last ${weekday(day)}`;
	if (days >= 7 && days < 14) return days === 7 ? 'in a week' : `in ${days} days`;
	if (days >= 14 && days <= 56) return `in ${Math.round(days / 7)} weeks`;
	if (days <= -7 && days >= -56) return days > -14 ? 'a week ago' : `${Math.round(-days / 7)} weeks ago`;
	return dateWords(day, now);
}

/** Within two days: worth the colour that says *soon*. */
export const isSoon = (day: string, now: string = today()) => daysBetween(now, day) <= 1;

/** "Needed by Thursday evening"; late is said plainly, and nothing is ever red. */
export function neededBy(needBy: string | null | undefined, now: string = today()): string {
	if (!needBy) return 'No rush';
	const days = daysBetween(now, needBy);
	if (days === 0) return 'Needed by this evening';
	if (days === 1) return 'Needed by tomorrow evening';
	if (days === -1) return 'Needed by yesterday evening';
	if (days > 1 && days < 7) return `Needed by ${weekday(needBy)} evening`;
	if (days < 0 && days > -7) return `Needed by last ${weekday(needBy)}`;
	if (days >= 7 && days < 14) return `Needed by ${weekday(needBy)} next week`;
	return `Needed by ${dateWords(needBy, now)}`;
}

function partOfDay(hour: number): string {
	if (hour < 5) return 'night';
	if (hour < 12) return 'morning';
	if (hour < 17) return 'afternoon';
	return 'evening';
}

/** When something was said: "this morning", "last night", "Monday evening", "3 weeks ago". */
export function said(at: string, zone?: string, now: Date = new Date()): string {
	const moment = new Date(at);
	if (Number.isNaN(moment.getTime())) return '';
	const day = today(zone, moment);
	const days = daysBetween(day, today(zone, now));
	const hour = Number(
		new Intl.DateTimeFormat('en-GB', {
			hour: '2-digit',
			hourCycle: 'h23',
			timeZone: zone || undefined
		}).format(moment)
	);
	const part = partOfDay(hour);
	if (days <= 0) return part === 'night' ? 'last night' : `this ${part}`;
	if (days === 1) return part === 'evening' ? 'last night' : `yesterday ${part}`;
	if (days < 7) return `${weekday(day)} ${part}`;
	return dayWords(day, today(zone, now));
}

/** "9:30" on a twelve-hour face, without am or pm: a school day has no doubt about it. */
export function clockTime(time: string): string {
	const [hour, minute] = time.split(':').map(Number);
	return `${((hour! + 11) % 12) + 1}:${String(minute ?? 0).padStart(2, '0')}`;
}

/** The moment as a clock on the wall shows it, for "what you see is from 12:07". */
export function wallClock(at: Date, zone?: string): string {
	return new Intl.DateTimeFormat(undefined, {
		hour: 'numeric',
		minute: '2-digit',
		timeZone: zone || undefined
	}).format(at);
}

/** Seconds as "2:14". */
export function clock(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Seconds as they are read aloud: "2 minutes 14 seconds". */
export function spokenLength(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	const minutes = Math.floor(whole / 60);
	const rest = whole % 60;
	const words = [];
	if (minutes) words.push(`${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`);
	if (rest || !minutes) words.push(`${rest} ${rest === 1 ? 'second' : 'seconds'}`);
	return words.join(' ');
}
