import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDisk, type Disk } from '#lib/disk/disk.ts';
import { NotReached } from '#lib/api/client.ts';
import { Store } from './store.svelte.ts';

type Line = { seq: number; kind: string; id: string; op: 'put' | 'gone'; object?: object };

/** A service that has written these changes, and answers pages of two. */
class Service {
	log: Line[] = [];
	asked: (string | null)[] = [];
	/** Changes when the service was restored: cursors from before are unknown to it. */
	epoch = 'c';
	down = false;

	put(kind: string, id: string, object: object) {
		this.log.push({ seq: this.log.length + 1, kind, id, op: 'put', object: { id, ...object } });
	}
	gone(kind: string, id: string) {
		this.log.push({ seq: this.log.length + 1, kind, id, op: 'gone' });
	}
	fetch = async (path: string): Promise<Response> => {
		if (this.down) throw new TypeError('no network');
		const since = new URL(path, 'http://phone').searchParams.get('since');
		this.asked.push(since);
		if (since && !since.startsWith(this.epoch)) {
			return new Response('{"type":"/problems/cursor-unknown"}', {
				status: 410,
				headers: { 'Content-Type': 'application/problem+json' }
			});
		}
		const from = since ? Number(since.slice(1)) : 0;
		const items = this.log.slice(from, from + 2);
		return Response.json({ items, next: `${this.epoch}${from + items.length}` });
	};
}

let service: Service;
let disk: Disk;
let store: Store;
let person = 0;

beforeEach(async () => {
	service = new Service();
	vi.stubGlobal('fetch', service.fetch);
	disk = await openDisk(`p${++person}`);
	store = new Store();
	await store.open(disk, 'me');
});
const opened: Store[] = [];

afterEach(() => {
	for (const one of [store, ...opened.splice(0)]) one.close();
	disk.close();
	vi.unstubAllGlobals();
});

async function afterRestart(): Promise<Store> {
	const next = new Store();
	opened.push(next);
	await next.open(disk, 'me');
	return next;
}

it('reads pages until one is empty and goes on from there next time', async () => {
	for (const n of [1, 2, 3]) service.put('case', `k${n}`, { alias: `Heron ${n}` });
	await store.pull();
	expect(store.all('case').map((one) => one.alias)).toEqual(['Heron 1', 'Heron 2', 'Heron 3']);

	service.put('case', 'k1', { alias: 'Wren' });
	await store.pull();
	expect(store.get('case', 'k1')?.alias).toBe('Wren');
	expect(service.asked).toEqual([null, 'c2', 'c3', 'c3', 'c4']);
});

it('is there after a restart without network, cursor and all', async () => {
	service.put('case', 'k1', { alias: 'Heron' });
	await store.pull();
	service.down = true;
	const again = await afterRestart();
	expect(again.get('case', 'k1')?.alias).toBe('Heron');
	expect(again.whole).toBe(true);
	expect(again.cursor).toBe('c1');
	await expect(again.pull()).rejects.toBeInstanceOf(NotReached);
	expect(again.get('case', 'k1')?.alias).toBe('Heron');
});

describe('what is gone takes along what hangs under it', () => {
	beforeEach(async () => {
		service.put('case', 'k1', { alias: 'Heron' });
		service.put('item', 'i1', { case_id: 'k1', title: 'Reads aloud' });
		service.put('entry', 'e1', { item_id: 'i1', on: '2026-03-03' });
		service.put('thread', 't1', {
			case_id: 'k1',
			author_id: 'me',
			circle_id: 'c',
			messages: [{ id: 'm1', body: 'How?' }],
			drafts: [{ id: 'd1', versions: [{ version: 1, text: 'It' }], comments: [{ id: 'r1', quote: 'It' }] }],
			takeaways: [{ id: 'a1', text: 'Count first' }]
		});
		service.put('thread', 't2', { case_id: null, author_id: 'dana', circle_id: 'c' });
		service.put('message', 'm2', { thread_id: 't2', body: 'And you?' });
		await store.pull();
	});

	it('holds each part of a thread as its own', () => {
		expect(store.under('thread', 't1', 'message').map((one) => one.body)).toEqual(['How?']);
		expect(store.under('draft', 'd1', 'version')[0]?.text).toBe('It');
		expect(store.get('comment', 'r1')?.quote).toBe('It');
	});

	it('a case: items, entries, threads, drafts, on the disk too', async () => {
		service.gone('case', 'k1');
		await store.pull();
		const left = (one: Store) =>
			(
				['case', 'item', 'entry', 'thread', 'message', 'draft', 'version', 'comment', 'takeaway'] as const
			).flatMap((kind) => one.all(kind).map((object) => object.id));
		expect(left(store)).toEqual(['t2', 'm2']);
		expect(left(await afterRestart())).toEqual(['t2', 'm2']);
	});

	it('a circle: what others gave me there, not what I asked', async () => {
		service.gone('circle', 'c');
		await store.pull();
		expect(store.all('thread').map((one) => one.id)).toEqual(['t1']);
		expect(store.get('message', 'm2')).toBeUndefined();
	});

	it('put and gone on one page leave nothing', async () => {
		service.put('thread', 't3', { author_id: 'dana', circle_id: 'c' });
		service.gone('thread', 't3');
		await store.pull();
		expect(store.get('thread', 't3')).toBeUndefined();
	});
});

it('starts over when its cursor is unknown, and keeps the old copy until the new one is whole', async () => {
	service.put('case', 'old', { alias: 'Heron' });
	await store.pull();
	service.log = [];
	service.put('case', 'new', { alias: 'Wren' });
	service.epoch = 'd';

	await store.pull();
	expect(store.all('case').map((one) => one.id)).toEqual(['new']);
	expect((await afterRestart()).all('case').map((one) => one.id)).toEqual(['new']);
});

it('a change and its cursor are written together or not at all', async () => {
	service.put('case', 'k1', { alias: 'Heron' });
	const write = vi.spyOn(disk, 'write').mockRejectedValueOnce(new Error('disk full'));
	await expect(store.pull()).rejects.toThrow('disk full');
	expect(store.all('case')).toEqual([]);
	write.mockRestore();
	await store.pull();
	expect(store.all('case')).toHaveLength(1);
});

it('a pull asked for while one runs begins after it', async () => {
	const first = store.pull();
	const second = store.pull();
	const third = store.pull();
	await first;
	service.put('case', 'k1', { alias: 'Heron' });
	await Promise.all([second, third]);
	expect(store.get('case', 'k1')?.alias).toBe('Heron');
	expect(store.pulls).toBe(2);
});

it('draws waiting acts over the copy, later ones on top, and takes them away again', async () => {
	service.put('thread', 't1', { state: 'waiting', title: 'Reading' });
	await store.pull();
	store.overlay('02', [{ kind: 'thread', id: 't1', object: { state: 'closed' } }], 'queued');
	store.overlay(
		'01',
		[{ kind: 'thread', id: 't1', object: { state: 'claimed', title: 'Listening' } }],
		'queued'
	);
	expect(store.get('thread', 't1')).toMatchObject({ state: 'closed', title: 'Listening', waiting: 'queued' });

	store.overlay('03', [{ kind: 'message', id: 'm1', object: { thread_id: 't1', body: 'Hello' } }], 'sending');
	expect(store.under('thread', 't1', 'message')).toMatchObject([{ body: 'Hello', waiting: 'sending' }]);
	store.overlay('04', [{ kind: 'message', id: 'm1', gone: true }]);
	expect(store.all('message')).toEqual([]);

	for (const act of ['01', '02', '03', '04']) store.lift(act);
	expect(store.get('thread', 't1')).not.toHaveProperty('waiting');
	expect(store.all('message')).toEqual([]);
});

it('does not take a login page of the school for an answer', async () => {
	vi.stubGlobal(
		'fetch',
		async () => new Response('<p>Sign in to Wi-Fi', { headers: { 'Content-Type': 'text/html' } })
	);
	await expect(store.pull()).rejects.toBeInstanceOf(NotReached);
});
