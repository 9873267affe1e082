/** What one can do with a student's case, its items and their entries, each as an act for the outbox. */
import { v7 as uuid7 } from 'uuid';
import type { Case, Day, Entry, Id, Item } from '#lib/api/shapes.ts';
import type { Act } from '#lib/outbox/command.ts';
import { withKept, type Kept } from '#lib/screening/kept.ts';

export type CaseFields = Partial<Omit<Case, 'id' | 'created_at'>>;
export type ItemFields = Partial<Pick<Item, 'title' | 'due_on' | 'details' | 'case_id'>>;
export type EntryFields = Partial<Pick<Entry, 'on' | 'value' | 'note' | 'details'>>;

/** Answers the act and the id the student will have, so that the page can go there at once. */
export function addCase(
	fields: CaseFields & Pick<Case, 'alias' | 'plan_type'>,
	kept?: Kept
): Act & { id: Id } {
	const id = uuid7();
	return {
		id,
		method: 'POST',
		path: '/api/cases',
		body: { id, ...fields, ...withKept(kept) },
		lane: id,
		what: 'change',
		patches: [{ kind: 'case', id, object: { ...fields, created_at: new Date().toISOString() } }],
		href: `/students/${id}`
	};
}

export function changeCase(id: Id, fields: CaseFields, kept?: Kept): Act {
	return {
		method: 'PATCH',
		path: `/api/cases/${id}`,
		body: { ...fields, ...withKept(kept) },
		lane: id,
		what: 'change',
		patches: [{ kind: 'case', id, object: { ...fields } }],
		href: `/students/${id}`
	};
}

/** With its items, threads and voice, for everyone; there is no way back. */
export function deleteCase(id: Id): Act {
	return {
		method: 'DELETE',
		path: `/api/cases/${id}`,
		lane: id,
		what: 'change',
		patches: [{ kind: 'case', id, gone: true }]
	};
}

/** Without a case only a to-do or a note. */
export function addItem(
	caseId: Id | null,
	item: Pick<Item, 'kind' | 'title'> & ItemFields,
	kept?: Kept
): Act & { id: Id } {
	const id = uuid7();
	return {
		id,
		method: 'POST',
		path: caseId ? `/api/cases/${caseId}/items` : '/api/items',
		body: { id, ...item, ...withKept(kept) },
		lane: caseId ?? 'me',
		what: 'change',
		patches: [
			{
				kind: 'item',
				id,
				object: { details: {}, ...item, case_id: caseId, created_at: new Date().toISOString() }
			}
		],
		href: caseId ? `/students/${caseId}` : '/today'
	};
}

/** `details` is merged key by key, as the service does it; null takes one away. */
export function changeItem(
	item: Pick<Item, 'id' | 'case_id' | 'details'>,
	fields: ItemFields,
	kept?: Kept
): Act {
	const details = { ...item.details, ...fields.details };
	return {
		method: 'PATCH',
		path: `/api/items/${item.id}`,
		body: { ...fields, ...withKept(kept) },
		lane: item.case_id ?? 'me',
		what: 'change',
		patches: [{ kind: 'item', id: item.id, object: { ...fields, details } }],
		href: item.case_id ? `/students/${item.case_id}` : '/today'
	};
}

/** A to-do ticked on a day; `null` takes the tick back. */
export function tickTodo(item: Pick<Item, 'id' | 'case_id' | 'details'>, on: Day | null): Act {
	return changeItem(item, { details: { done: on !== null, done_on: on } });
}

export function deleteItem(item: Pick<Item, 'id' | 'case_id'>): Act {
	return {
		method: 'DELETE',
		path: `/api/items/${item.id}`,
		lane: item.case_id ?? 'me',
		what: 'change',
		patches: [{ kind: 'item', id: item.id, gone: true }]
	};
}

export function addEntry(
	item: Pick<Item, 'id' | 'case_id'>,
	entry: Pick<Entry, 'on'> & EntryFields,
	kept?: Kept
): Act {
	const id = uuid7();
	return {
		method: 'POST',
		path: `/api/items/${item.id}/entries`,
		body: { id, ...entry, ...withKept(kept) },
		lane: item.case_id ?? 'me',
		what: 'change',
		patches: [{ kind: 'entry', id, object: { details: {}, ...entry, item_id: item.id } }],
		href: item.case_id ? `/students/${item.case_id}` : '/today'
	};
}

export function changeEntry(
	item: Pick<Item, 'id' | 'case_id'>,
	entry: Pick<Entry, 'id' | 'details'>,
	fields: EntryFields,
	kept?: Kept
): Act {
	return {
		method: 'PATCH',
		path: `/api/entries/${entry.id}`,
		body: { ...fields, ...withKept(kept) },
		lane: item.case_id ?? 'me',
		what: 'change',
		patches: [
			{ kind: 'entry', id: entry.id, object: { ...fields, details: { ...entry.details, ...fields.details } } }
		]
	};
}

export function deleteEntry(item: Pick<Item, 'case_id'>, entryId: Id): Act {
	return {
		method: 'DELETE',
		path: `/api/entries/${entryId}`,
		lane: item.case_id ?? 'me',
		what: 'change',
		patches: [{ kind: 'entry', id: entryId, gone: true }]
	};
}
