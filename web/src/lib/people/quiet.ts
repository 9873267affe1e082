/** Hours of rest in words, and the three ways to have them: the usual, one's own, none. */
import type { QuietHours } from '#lib/api/shapes.ts';

export const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
export const USUAL: QuietHours[] = [{ days: EVERY_DAY, from: '20:00', to: '07:00' }];
export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export type Way = 'usual' | 'own' | 'none';

const sorted = (days: number[]) => [...new Set(days)].sort((a, b) => a - b);
const sameDays = (a: number[], b: number[]) => sorted(a).join() === sorted(b).join();

export function wayOf(spans: QuietHours[] | null | undefined): Way {
	if (!spans) return 'usual';
	if (!spans.length) return 'none';
	const [one] = spans;
	const usual = USUAL[0]!;
	const isUsual =
		spans.length === 1 && one!.from === usual.from && one!.to === usual.to && sameDays(one!.days, usual.days);
	return isUsual ? 'usual' : 'own';
}

/** "every day", "weekdays", "Saturday and Sunday", "Monday to Thursday". */
export function daysWords(days: number[]): string {
	const list = sorted(days);
	if (sameDays(list, EVERY_DAY)) return 'every day';
	if (sameDays(list, [1, 2, 3, 4, 5])) return 'weekdays';
	const isRun = list.length > 2 && list.at(-1)! - list[0]! === list.length - 1;
	const names = list.map((day) => dayNames[day - 1]!);
	if (isRun) return `${names[0]} to ${names.at(-1)}`;
	return new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
}

/** A clock time as this phone writes it: "8 PM" or "20:00". */
export function timeWords(time: string, locale?: string): string {
	const at = new Date(`2026-01-01T${time}:00Z`);
	const short = new Intl.DateTimeFormat(locale, { hour: 'numeric', timeZone: 'UTC' });
	if (time.endsWith(':00') && short.resolvedOptions().hour12) return short.format(at);
	return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(at);
}

export function spanWords(span: QuietHours, locale?: string): string {
	const days = daysWords(span.days);
	if (span.from === span.to && span.from === '00:00') return `all day, ${days}`;
	return `${timeWords(span.from, locale)} to ${timeWords(span.to, locale)}, ${days}`;
}

export function quietWords(spans: QuietHours[] | null | undefined, locale?: string): string {
	const way = wayOf(spans);
	if (way === 'none') return 'None: notices may come at any hour';
	const usual = USUAL[0]!;
	if (way === 'usual') return `${timeWords(usual.from, locale)} to ${timeWords(usual.to, locale)}`;
	return spans!.map((span) => spanWords(span, locale)).join('; ');
}

/** Why hours cannot be kept as they stand, in words; undefined when they can. */
export function troubleWith(spans: QuietHours[]): string | undefined {
	if (spans.some((span) => !span.days.length)) return 'Choose at least one day for each.';
	if (spans.some((span) => !span.from || !span.to)) return 'Each needs its two times.';
	return undefined;
}
