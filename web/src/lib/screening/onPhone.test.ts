import { all } from 'virtual:screen-files';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NotHere, OnPhone, type Asked, type Said } from './onPhone.svelte.ts';

/** A worker that answers as it is told. */
class FakeWorker {
	static made: FakeWorker[] = [];
	static reply: (asked: Asked) => Said | undefined;
	onmessage: ((event: { data: Said }) => void) | undefined;
	onerror: ((event: { preventDefault(): void }) => void) | undefined;
	isEnded = false;

	constructor() {
		FakeWorker.made.push(this);
	}
	postMessage(asked: Asked): void {
		const data = FakeWorker.reply(asked);
		if (data) queueMicrotask(() => this.onmessage?.({ data }));
	}
	terminate(): void {
		this.isEnded = true;
	}
}

const answer = { findings: [], cautions: [] };
const well = (asked: Asked): Said =>
	'python' in asked ? { is: 'ready' } : { is: 'read', id: asked.id, answer };

let kept: Set<string>;
let isAway: boolean;
let connection: { saveData: boolean };
beforeEach(() => {
	vi.useFakeTimers();
	kept = new Set();
	isAway = false;
	connection = { saveData: false };
	FakeWorker.made = [];
	FakeWorker.reply = well;
	vi.stubGlobal('Worker', FakeWorker);
	vi.stubGlobal('navigator', { connection });
	vi.stubGlobal('caches', {
		open: async () => ({
			keys: async () => [...kept].map((path) => ({ url: `https://colleague.example${path}` })),
			add: async (path: string) => {
				if (isAway) throw new TypeError('no network');
				kept.add(path);
			},
			delete: async (path: string) => kept.delete(path)
		})
	});
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

async function warmed(phone = new OnPhone()): Promise<OnPhone> {
	phone.warm();
	await vi.advanceTimersByTimeAsync(10_000);
	return phone;
}

it('keeps its files, lets go of those of an older screen, and reads', async () => {
	kept.add('/_app/immutable/screen/older.zip');
	const phone = await warmed();
	expect([...kept].sort()).toEqual([...all].sort());
	expect(phone.state).toBe('ready');
	expect(await phone.read('Lead with strengths.')).toEqual(answer);
});

it('fetches nothing in the background for a phone that saves data, and starts from what is there', async () => {
	connection.saveData = true;
	expect((await warmed()).state).toBe('off');
	expect(kept.size).toBe(0);
	for (const path of all) kept.add(path);
	expect((await warmed()).state).toBe('ready');
});

it('goes on fetching where the network broke off', async () => {
	isAway = true;
	const phone = await warmed();
	expect(phone.state).toBe('off');
	isAway = false;
	await vi.advanceTimersByTimeAsync(60_000);
	expect(phone.state).toBe('ready');
});

it('does without, quietly, where it cannot start', async () => {
	FakeWorker.reply = () => ({ is: 'failed' });
	const phone = await warmed();
	expect(phone.state).toBe('failed');
	expect(FakeWorker.made[0]!.isEnded).toBe(true);
	await expect(phone.read('Lead with strengths.')).rejects.toThrow(NotHere);
});

it('does without after an error of its worker, such as too little memory', async () => {
	FakeWorker.reply = () => undefined;
	const phone = await warmed();
	expect(phone.state).toBe('starting');
	FakeWorker.made[0]!.onerror!({ preventDefault: () => undefined });
	await phone.begun();
	expect(phone.state).toBe('failed');
});

it('begins anew once when it does not answer any more, and not for ever', async () => {
	const phone = await warmed();
	FakeWorker.reply = (asked) => ('python' in asked ? well(asked) : undefined);
	for (const made of [2, 2]) {
		const reading = expect(phone.read('Lead with strengths.')).rejects.toThrow(NotHere);
		await vi.advanceTimersByTimeAsync(30_000);
		await reading;
		expect(FakeWorker.made).toHaveLength(made);
	}
	expect(phone.state).toBe('failed');
	expect(FakeWorker.made.every((worker) => worker.isEnded)).toBe(true);
});

it('never begins to read what was typed over meanwhile', async () => {
	const phone = await warmed();
	const begun: string[] = [];
	FakeWorker.reply = (asked) => {
		if ('text' in asked) begun.push(asked.text);
		return well(asked);
	};
	const typing = new AbortController();
	const first = phone.read('Lead');
	const second = phone.read('Lead with', [], [], typing.signal);
	const third = phone.read('Lead with strengths.');
	typing.abort();
	await expect(second).rejects.toThrow();
	expect([await first, await third]).toEqual([answer, answer]);
	expect(begun).toEqual(['Lead', 'Lead with strengths.']);
});
