/**
 * Students and what is due for them, as pages draw it. Reactive: use it in `$derived`.
 *   cases.list()            all students, by alias
 *   cases.due(now)          what is not done and has a day, soonest first
 *   cases.meetings(now)     meetings from today on, soonest first
 */
import type { Day, Id, ItemKind } from '#lib/api/shapes.ts';
import { store } from '#lib/session/session.svelte.ts';
import type { Stored } from '#lib/store/store.svelte.ts';
import { clockTime, weekday, daysBetween, dateWords, today } from '#lib/time/words.ts';
import type { IconName } from '#lib/ui/icons.ts';

export type CaseRow = Stored<'case'>;
export type ItemRow = Stored<'item'>;

export const kindIcons: Record<ItemKind, IconName> = {
	goal: 'chart',
	present_levels: 'page',
	accommodation: 'do-this',
	service: 'clock',
	meeting: 'today',
	deadline: 'flag',
	contact: 'call',
	behavior: 'eye',
	first_talk: 'talk',
	todo: 'box',
	note: 'pen'
};

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

export function aliasOf(caseId: Id | null | undefined): string | undefined {
	return store.get('case', caseId)?.alias;
}

const DAY_NAME = /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day/;
const inSentence = (words: string) =>
	/^[A-Z][a-z]/.test(words) && !DAY_NAME.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;

const isAct = (kind: ItemKind) => ['todo', 'contact', 'note', 'first_talk'].includes(kind);

/** "Otter’s annual", "Wren’s progress report"; a title that names the student already stays as it is. */
export function itemWords(item: ItemRow): string {
	const alias = aliasOf(item.case_id);
	const kind = item.kind === 'meeting' ? meetingWords[String(item.details?.meeting_kind ?? '')] : undefined;
	const what = kind ?? item.title;
	if (!alias || what.includes(alias)) return kind && !alias ? kind : what;
	// "Otter’s annual", but "Otter: copy two work samples": what one does is not the student’s own.
	return isAct(item.kind) ? `${alias}: ${inSentence(what)}` : `${alias}’s ${inSentence(what)}`;
}

/** "Friday 9:30", or the date when it is further away. */
export function meetingDay(item: ItemRow, now: Day): string {
	const day = item.due_on ?? now;
	const days = daysBetween(now, day);
	const words =
		days === 0 ? 'Today' : days === 1 ? 'Tomorrow' : days < 7 ? weekday(day) : dateWords(day, now);
	const time = item.details?.time;
	return typeof time === 'string' ? `${words} ${clockTime(time)}` : words;
}

/** Done, waived or held: nothing is due any more. */
export function isDone(item: ItemRow): boolean {
	const details = item.details ?? {};
	if (item.kind === 'todo') return details.done === true;
	if (item.kind === 'deadline') return details.status === 'done' || details.status === 'waived';
	if (item.kind === 'meeting') return typeof details.held_on === 'string';
	if (item.kind === 'contact') return details.followed_up === true;
	return false;
}

/** The day something about this item is due: its own, or a promised next step with the family. */
export function dueOn(item: ItemRow): Day | undefined {
	if (isDone(item)) return undefined;
	if (item.kind !== 'contact') return item.due_on ?? undefined;
	const step = item.details?.next_step_by;
	if (typeof step === 'string') return step;
	// A call that has been had is the day it was on, nothing that is due.
	return item.due_on && item.due_on >= today() ? item.due_on : undefined;
}

export interface Due {
	item: ItemRow;
	on: Day;
}

class Cases {
	list(): CaseRow[] {
		return [...store.all('case')].sort((a, b) => a.alias.localeCompare(b.alias));
	}

	get(id: Id | undefined): CaseRow | undefined {
		return store.get('case', id);
	}

	items(caseId: Id): ItemRow[] {
		return store.under('case', caseId, 'item');
	}

	entries(itemId: Id): Stored<'entry'>[] {
		return store.under('item', itemId, 'entry').sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
	}

	/** My own only: what came along in somebody else's thread has no student here. */
	#mine(): ItemRow[] {
		return store.all('item').filter((item) => !item.case_id || store.get('case', item.case_id));
	}

	due(): Due[] {
		return this.#mine()
			.map((item) => ({ item, on: dueOn(item) }))
			.filter((one): one is Due => one.on !== undefined)
			.sort((a, b) => a.on.localeCompare(b.on));
	}

	meetings(now: Day): ItemRow[] {
		return this.due()
			.filter(({ item, on }) => item.kind === 'meeting' && on >= now)
			.map(({ item }) => item);
	}
}

export const cases = new Cases();
