import { describe, expect, it } from 'vitest';
import { addItem, tickTodo } from './acts.ts';
import { isDone } from './due.ts';

const todo = { id: 'todo-1', case_id: 'case-1', details: { note: 'two copies' } };
const drawn = (act: ReturnType<typeof tickTodo>) =>
	act.patches![0]!.object as { details: Record<string, unknown> };

describe('A to-do', () => {
	it('is done when it is ticked, and keeps what else it says', () => {
		const act = tickTodo(todo, '2026-11-02');
		expect(act).toMatchObject({
			method: 'PATCH',
			path: '/api/items/todo-1',
			body: { details: { done: true, done_on: '2026-11-02' } },
			lane: 'case-1'
		});
		expect(drawn(act).details).toEqual({ note: 'two copies', done: true, done_on: '2026-11-02' });
		expect(isDone({ kind: 'todo', details: drawn(act).details })).toBe(true);
	});

	it('is open again, with no day it was done on, when the tick is taken back', () => {
		const act = tickTodo({ ...todo, details: drawn(tickTodo(todo, '2026-11-02')).details }, null);
		expect(act.body).toEqual({ details: { done: false, done_on: null } });
		expect(isDone({ kind: 'todo', details: drawn(act).details })).toBe(false);
	});

	it('needs no student, neither new nor ticked', () => {
		const added = addItem(null, { kind: 'todo', title: 'Order folders', due_on: '2026-11-02' });
		expect(added).toMatchObject({ path: '/api/items', lane: 'me', href: '/today' });
		const ticked = tickTodo({ id: added.id, case_id: null, details: {} }, '2026-11-02');
		expect(ticked).toMatchObject({ path: `/api/items/${added.id}`, lane: 'me' });
	});
});
