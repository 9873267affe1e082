/**
 * Students and what is due for them, as pages draw it. Reactive: use it in `$derived`.
 *   cases.list()            all students, by alias
 *   cases.due(now)          what is due (see due.ts), soonest first
 *   cases.meetings(now)     meetings from today on, soonest first
 */
import type { Day, Id, ItemKind } from '#lib/api/shapes.ts';
import { store } from '#lib/session/session.svelte.ts';
import type { Stored } from '#lib/store/store.svelte.ts';
import { clockTime, weekday, daysBetween, dateWords } from '#lib/time/words.ts';
import type { IconName } from '#lib/ui/icons.ts';
import { dueOn, dueWords, nounOf } from './due.ts';

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

export function aliasOf(caseId: Id | null | undefined): string | undefined {
	return store.get('case', caseId)?.alias;
}

/** "Otter’s annual", "Otter: Send the chart"; words that name the student already stay as they are. */
export function itemWords(item: ItemRow): string {
	const alias = aliasOf(item.case_id);
	const noun = nounOf(item);
	if (noun && alias) return `${alias}’s ${noun}`;
	const what = dueWords(item);
	return !alias || what.includes(alias) ? what : `${alias}: ${what}`;
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

export interface Due {
	item: ItemRow;
	on: Day;
}

/** What is due on one day always stands in one order: by the clock where there is one. */
const within = ({ id, details }: ItemRow) => `${typeof details?.time === 'string' ? details.time : '~'}${id}`;

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

	due(now: Day): Due[] {
		return this.#mine()
			.map((item) => ({ item, on: dueOn(item, now) }))
			.filter((one): one is Due => one.on !== undefined)
			.sort((a, b) => a.on.localeCompare(b.on) || within(a.item).localeCompare(within(b.item)));
	}

	meetings(now: Day): ItemRow[] {
		return this.due(now)
			.filter(({ item }) => item.kind === 'meeting')
			.map(({ item }) => item);
	}
}

export const cases = new Cases();
