import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDisk, type Disk } from '#lib/disk/disk.ts';
import { Store } from '#lib/store/store.svelte.ts';
import type { Act } from './command.ts';
import { Outbox } from './outbox.svelte.ts';

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [THREAD, OTHER, CASE] = [id(1), id(2), id(3)];

interface Sent {
	method: string;
	path: string;
	body: Record<string, unknown>;
}
type Reply = (init: RequestInit) => Response | Promise<Response>;

const problem =
	(status: number, slug: string, headers = {}) =>
	() =>
		new Response(JSON.stringify({ type: `/problems/${slug}`, title: slug, status }), {
			status,
			headers: { 'Content-Type': 'application/problem+json', ...headers }
		});
const away: Reply = () => {
	throw new TypeError('no network');
};
const portal: Reply = () => new Response('<p>Sign in to Wi-Fi', { headers: { 'Content-Type': 'text/html' } });

/** The service: takes everything unless told what to say next, and shows it in the changes. */
let sent: Sent[];
let replies: Reply[];
let taken: Map<string, object>;
let changesDown: boolean;

let now: number;
let timers: { at: number; work: () => void }[];
let disk: Disk;
let store: Store;
let outbox: Outbox;
let opened: { store: Store; outbox: Outbox }[];
let person = 0;

async function phone(whose = 'ana', isSignedIn = () => true) {
	const store = new Store();
	await store.open(disk, whose);
	const outbox = new Outbox(store, {
		now: () => now,
		random: () => 0.5,
		later: (work, ms) => {
			const timer = { at: now + ms, work };
			timers.push(timer);
			return () => (timers = timers.filter((other) => other !== timer));
		},
		isSignedIn
	});
	await outbox.open(disk, whose);
	opened.push({ store, outbox });
	return { store, outbox };
}

/** Lets time pass: timers that fall due run, and what they start is finished. */
async function pass(ms: number) {
	now += ms;
	const due = timers.filter((timer) => timer.at <= now);
	timers = timers.filter((timer) => timer.at > now);
	for (const timer of due) timer.work();
	await settled();
}
async function settled() {
	for (const one of opened) await one.outbox.idle();
	await vi.waitFor(() =>
		expect(opened.every((one) => !one.outbox.commands.some((c) => c.state === 'sending'))).toBe(true)
	);
	// What was taken is drawn until a pull has ended; let that pull end.
	for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 1));
}

beforeEach(async () => {
	sent = [];
	replies = [];
	taken = new Map();
	changesDown = false;
	now = 1_000_000;
	timers = [];
	opened = [];
	vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
		if (path.startsWith('/api/changes')) {
			if (changesDown) throw new TypeError('no network');
			const since = Number(new URL(path, 'http://p').searchParams.get('since') ?? 0);
			const items = [...taken.values()].slice(since);
			return Response.json({ items, next: since + items.length });
		}
		const body = init.body ? JSON.parse(String(init.body)) : undefined;
		sent.push({ method: init.method!, path, body });
		const reply = replies.shift();
		if (reply) return reply(init);
		if (path.endsWith('/messages')) {
			const thread_id = path.split('/')[3];
			taken.set(body.id, {
				seq: taken.size + 1,
				kind: 'message',
				id: body.id,
				op: 'put',
				object: { ...body, thread_id, seq: taken.size + 1 }
			});
		}
		return Response.json(body ?? {}, { status: 201 });
	});
	disk = await openDisk(`outbox-${++person}`);
	({ store, outbox } = await phone());
});
afterEach(async () => {
	for (const one of opened) {
		one.outbox.close();
		one.store.close();
	}
	disk.close();
	vi.unstubAllGlobals();
});

let made = 100;
function message(body: string, thread = THREAD): Act {
	const messageId = id(++made);
	return {
		method: 'POST',
		path: `/api/threads/${thread}/messages`,
		body: { id: messageId, body },
		lane: thread,
		what: 'answer',
		patches: [{ kind: 'message', id: messageId, object: { thread_id: thread, body } }]
	};
}
const bodies = () => sent.map((one) => one.body?.body);
const seen = () => store.under('thread', THREAD, 'message').map((one) => [one.body, one.waiting]);

it('draws a message at once, and without a mark once the service has it', async () => {
	changesDown = true;
	const { done } = await outbox.send(message('Lead with what she can do.'));
	expect(seen()[0]![0]).toBe('Lead with what she can do.');
	expect((await done).state).toBe('sent');
	await settled();
	// Taken, though the service's own copy could not be fetched yet: still drawn, not marked as waiting.
	expect(seen()).toEqual([['Lead with what she can do.', undefined]]);
	expect(outbox.hasUnsent).toBe(false);

	changesDown = false;
	await store.pull();
	await settled();
	expect(outbox.commands).toEqual([]);
	expect(store.under('thread', THREAD, 'message')[0]?.seq).toBe(1);
});

it('puts acts that belong together on the phone together, or not at all', async () => {
	const write = vi.spyOn(disk, 'write').mockRejectedValueOnce(new DOMException('full', 'QuotaExceededError'));
	await expect(outbox.sendAll([message('one'), message('two')])).rejects.toThrow();
	expect(outbox.commands).toEqual([]);
	expect(await disk.all('commands')).toEqual([]);
	write.mockClear();

	const ways = await outbox.sendAll([message('one'), message('two')]);
	expect(write.mock.calls[0]![0]).toHaveLength(2);
	expect((await Promise.all(ways.map((way) => way.done))).map((one) => one.state)).toEqual(['sent', 'sent']);
	expect(bodies()).toEqual(['one', 'two']);
});

it('keeps the order within a thread, and other threads go on', async () => {
	replies = [problem(503, 'busy')];
	await outbox.send(message('first'));
	await outbox.send(message('second'));
	await outbox.send(message('elsewhere', OTHER));
	await settled();
	expect(bodies()).toEqual(['first', 'elsewhere']);
	await pass(1_000);
	expect(bodies()).toEqual(['first', 'elsewhere', 'first', 'second']);
});

it('waits 1, 2, 5, 15, 60 seconds, then 5 minutes', async () => {
	replies = Array<Reply>(7).fill(problem(500, 'broken'));
	await outbox.send(message('patient'));
	await settled();
	const waits = [];
	for (let i = 0; i < 7; i++) {
		waits.push((timers[0]!.at - now) / 1000);
		await pass(timers[0]!.at - now);
	}
	expect(waits).toEqual([1, 2, 5, 15, 60, 300, 300]);
	expect(sent).toHaveLength(8);
	expect(outbox.hasUnsent).toBe(false);
});

it('waits as long as the service asks, for every lane when it was too much', async () => {
	replies = [problem(429, 'too-many', { 'Retry-After': '40' })];
	await outbox.send(message('first'));
	await settled();
	await outbox.send(message('elsewhere', OTHER));
	await settled();
	expect(sent).toHaveLength(1);
	await pass(39_000);
	expect(sent).toHaveLength(1);
	await pass(1_000);
	expect(bodies()).toEqual(['first', 'first', 'elsewhere']);
});

describe('without network', () => {
	it.each([
		['nothing answers', away],
		['a login page answers', portal]
	])('%s: it waits and says so', async (_name, reply) => {
		replies = [reply];
		await outbox.send(message('first'));
		await settled();
		expect(outbox.network).toBe('away');
		expect(seen()).toEqual([['first', 'queued']]);
		await pass(1_000);
		expect(outbox.network).toBe('here');
		expect(outbox.hasUnsent).toBe(false);
	});

	it('tries at once when the network is back', async () => {
		replies = [away, away, away];
		await outbox.send(message('first'));
		await settled();
		await pass(1_000);
		await pass(2_000);
		expect(timers[0]!.at - now).toBe(5_000);
		outbox.wake(true);
		await settled();
		expect(outbox.hasUnsent).toBe(false);
	});
});

it('survives a killed tab: what was on its way goes again under the same id', async () => {
	const hangs: Reply = (init) =>
		new Promise((_, reject) => init.signal!.addEventListener('abort', () => reject(init.signal!.reason)));
	replies = [hangs];
	await outbox.send(message('half way'));
	await vi.waitFor(() => expect(sent).toHaveLength(1));
	outbox.close();
	store.close();
	opened = [];

	const next = await phone();
	expect(next.outbox.waiting.map((one) => one.body?.body)).toEqual(['half way']);
	expect(next.store.under('thread', THREAD, 'message')).toMatchObject([{ body: 'half way' }]);
	await settled();
	expect(sent.map((one) => one.body.id)).toEqual([sent[0]!.body.id, sent[0]!.body.id]);
	expect(next.outbox.commands).toEqual([]);
});

describe('a refusal', () => {
	it('401 stops everything, keeps it, and goes on after signing in again', async () => {
		replies = [problem(401, 'signed-out')];
		await outbox.send(message('first'));
		await outbox.send(message('elsewhere', OTHER));
		await settled();
		expect(outbox.network).toBe('signed_out');
		expect(outbox.waiting).toHaveLength(2);
		await pass(600_000);
		expect(sent.length).toBeLessThanOrEqual(2);

		outbox.wake(true);
		await settled();
		expect(outbox.hasUnsent).toBe(false);
	});

	it('words that look like names want a look, and go under the same id once changed', async () => {
		replies = [problem(422, 'identifiers-found')];
		const act = message('Jonah reads');
		const { id: command, done } = await outbox.send(act);
		expect((await done).problem?.status).toBe(422);
		expect(outbox.looks.map((one) => one.id)).toEqual([command]);
		expect(seen()).toEqual([['Jonah reads', 'look']]);

		const body = { ...act.body, body: 'The student reads' };
		await outbox.rewrite(command, {
			body,
			patches: [{ ...act.patches![0]!, object: { thread_id: THREAD, ...body } }]
		});
		await settled();
		expect(sent.map((one) => [one.body.id, one.body.body])).toEqual([
			[act.body!.id, 'Jonah reads'],
			[act.body!.id, 'The student reads']
		]);
		expect(outbox.commands).toEqual([]);
	});

	it('409 is shown with what the service said, and holds up nothing else of the thread', async () => {
		replies = [problem(409, 'stale-version')];
		await outbox.send(message('over an older one'));
		await outbox.send(message('next'));
		await settled();
		expect(outbox.failed).toMatchObject([{ problem: { status: 409, type: '/problems/stale-version' } }]);
		expect(bodies()).toEqual(['over an older one', 'next']);
		await outbox.discard(outbox.failed[0]!.id);
		expect(seen().map(([body]) => body)).toEqual(['next']);
	});

	it('of how far one has read bothers nobody, and only the newest goes', async () => {
		const read = (seq: number): Act => ({
			method: 'PUT',
			path: `/api/threads/${THREAD}/read`,
			body: { seq },
			lane: THREAD,
			what: 'change',
			quiet: true
		});
		replies = [away, problem(404, 'not-found')];
		await outbox.send(read(1));
		await settled();
		await outbox.send(read(2));
		await outbox.send(read(3));
		await pass(1_000);
		expect(sent.map((one) => one.body.seq)).toEqual([1, 3]);
		expect(outbox.commands).toEqual([]);
	});
});

describe('what needs something not yet made', () => {
	const student: Act = {
		method: 'POST',
		path: '/api/cases',
		body: { id: CASE, alias: 'Heron' },
		lane: CASE,
		what: 'change'
	};
	const question: Act = {
		method: 'POST',
		path: '/api/threads',
		body: { id: THREAD, case_id: CASE, body: 'How?' },
		lane: THREAD,
		what: 'question'
	};

	it('waits for it across lanes', async () => {
		replies = [problem(503, 'busy')];
		await outbox.send(student);
		await outbox.send(question);
		await outbox.send(message('and', OTHER));
		await settled();
		expect(sent.map((one) => one.path)).toEqual(['/api/cases', `/api/threads/${OTHER}/messages`]);
		await pass(1_000);
		expect(sent.map((one) => one.path).slice(2)).toEqual(['/api/cases', '/api/threads']);
	});

	it.each([0, 5])('waits for its writer when that was refused (a disk of %i ms)', async (slow) => {
		const all = disk.all.bind(disk);
		vi.spyOn(disk, 'all').mockImplementation(async (room) => {
			const rows = await all(room);
			await new Promise((resolve) => setTimeout(resolve, slow));
			return rows as never;
		});
		replies = [problem(422, 'identifiers-found')];
		await outbox.send(student);
		await outbox.send(question);
		await outbox.send(message('follow-up'));
		await settled();
		expect(sent).toHaveLength(1);
		expect(outbox.waiting.map((one) => one.what)).toEqual(['question', 'answer']);

		await outbox.discard(outbox.looks[0]!.id);
		await settled();
		expect(outbox.commands).toEqual([]);
		expect(sent).toHaveLength(1);
	});
});

it('goes out only under the account that wrote it', async () => {
	outbox.close();
	store.close();
	opened = [];
	let signedIn = 'ben';
	const ana = await phone('ana', () => signedIn === 'ana');
	await ana.outbox.send(message('for Ruth'));
	await settled();
	expect(sent).toEqual([]);
	signedIn = 'ana';
	ana.outbox.wake();
	await settled();
	expect(bodies()).toEqual(['for Ruth']);
});

it('takes the words out of the composer in the moment they are safe', async () => {
	await disk.write([{ put: 'writing', row: { key: 'ask', value: 'Lead with' } }]);
	await outbox.send(message('Lead with'), [{ drop: 'writing', key: 'ask' }]);
	expect(await disk.get('writing', 'ask')).toBeUndefined();
});

it('does not say it is safe when the phone could not keep it', async () => {
	vi.spyOn(disk, 'write').mockRejectedValueOnce(new Error('disk full'));
	await expect(outbox.send(message('lost?'))).rejects.toThrow('disk full');
	expect(seen()).toEqual([]);
});

it('keeps what its guard finds on the phone until its writer has looked', async () => {
	const finding = { start: 4, end: 9, label: 'PERSON' };
	outbox.guard = async (act) => (String(act.body?.body).includes('Jonah') ? { body: [finding] } : undefined);
	const { id: first, done } = await outbox.send(message('Ask Jonah'));
	await outbox.send(message('Ask anyone', OTHER));
	await settled();
	expect((await done).problem?.findings).toEqual({ body: [finding] });
	expect(sent.map(({ body }) => body.body)).toEqual(['Ask anyone']);
	expect(outbox.looks.map((command) => command.id)).toEqual([first]);

	await outbox.rewrite(first, { body: { ...outbox.looks[0]!.body, body: 'Ask Otter' } });
	await settled();
	expect(sent.map(({ body }) => body.body)).toEqual(['Ask anyone', 'Ask Otter']);
	await vi.waitFor(() => expect(outbox.commands).toEqual([]));
});
