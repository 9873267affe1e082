import { readFileSync } from 'node:fs';
import { beforeEach, expect, it, vi } from 'vitest';
import { MemoryDisk, openDisk, type Disk } from '#lib/disk/disk.ts';
import { lengthOf } from './join.ts';
import { folded, foundWords, hrefOf } from './take.ts';
import { Takes } from './takes.svelte.ts';

const recorded = (name: string) =>
	new Uint8Array(readFileSync(new URL(`./recorded/${name}`, import.meta.url)));
const webm = recorded('said.webm');
const mp4 = recorded('said.mp4');
const MS = lengthOf(webm)!;

let disk: Disk;
let takes: Takes;
let person = 0;

beforeEach(async () => {
	disk = await openDisk(`takes-${++person}`);
	takes = new Takes();
	await takes.open(disk);
});

/** Records `bytes` in three pieces, as a new run of the take. */
async function record(id: string, bytes: Uint8Array<ArrayBuffer>, type = 'audio/webm') {
	const take = takes.get(id)!;
	const third = Math.ceil(bytes.length / 3);
	await takes.change(id, { runs: [...take.runs, { type, from: take.pieces }] });
	for (const i of [0, 1, 2]) {
		const piece = bytes.slice(i * third, (i + 1) * third).buffer;
		await takes.add(id, piece, { ms: take.ms + ((i + 1) * MS) / 3 });
	}
}
/** The next start, after this tab has died: its locks are free. */
const again = async () => {
	takes.close();
	const next = new Takes();
	await next.open(disk);
	return next;
};
const pieces = async (id: string) => (await disk.under<ArrayBuffer>('chunks', id)).map((row) => row.value);
const bytesOf = async (id: string) => Buffer.concat((await pieces(id)).map((one) => Buffer.from(one)));

it('is there after the tab was killed, as far as it came', async () => {
	const take = await takes.begin({ case_id: 'c' });
	await record(take.id, webm);
	const [found] = (await again()).kept;
	expect(found).toMatchObject({
		id: take.id,
		state: 'kept',
		by: 'phone',
		pieces: 3,
		target: { case_id: 'c' }
	});
	expect(found!.ms).toBeCloseTo(MS);
	expect(await bytesOf(take.id)).toEqual(Buffer.from(webm));
	expect(foundWords(found!)).toBe('The phone stopped us at 0:01. It is all here.');
});

it('offers nothing in which nobody has spoken', async () => {
	const take = await takes.begin({});
	expect((await again()).kept).toEqual([]);
	expect(await disk.get('takes', take.id)).toBeUndefined();
});

it('leaves alone what another tab records', async () => {
	const take = await takes.begin({});
	await record(take.id, webm);
	const other = new Takes();
	await other.open(disk);
	expect(other.kept).toEqual([]);
	// That tab dies: what it had is offered here without a new start.
	takes.close();
	await vi.waitFor(() => expect(other.kept).toMatchObject([{ id: take.id, by: 'phone' }]));
});

it('writes in the order things happened, however long each takes', async () => {
	const take = await takes.begin({});
	await Promise.all([
		takes.add(take.id, webm.slice(0, 900).buffer, { ms: 800, runs: [{ type: 'audio/webm', from: 0 }] }),
		takes.add(take.id, webm.slice(900).buffer, { ms: MS }),
		takes.change(take.id, { state: 'kept', by: 'speaker' })
	]);
	expect(takes.get(take.id)).toMatchObject({ state: 'kept', pieces: 2, ms: MS });
	expect(await bytesOf(take.id)).toEqual(Buffer.from(webm));
});

it('is one recording after it stopped and went on', async () => {
	const take = await takes.begin({});
	await record(take.id, webm);
	await record(take.id, webm);
	const whole = (await takes.whole(take.id))!;
	expect(whole.rest).toBeUndefined();
	expect(whole.take).toMatchObject({ pieces: 1, runs: [{ type: 'audio/webm', from: 0 }] });
	expect(lengthOf(whole.bytes)).toBeCloseTo(2 * MS);
	expect(await bytesOf(take.id)).toEqual(Buffer.from(whole.bytes));
	// And once more after that.
	await record(take.id, webm);
	expect((await takes.whole(take.id))!.take.ms).toBeCloseTo(3 * MS, 0);
});

it('stays two where one file cannot hold both', async () => {
	const take = await takes.begin({ thread_id: 't' });
	await takes.change(take.id, {
		marks: [
			{ at_ms: 100, kind: 'point' },
			{ at_ms: Math.round(MS) + 300, kind: 'ask' }
		]
	});
	await record(take.id, webm);
	await record(take.id, mp4, 'audio/mp4');
	await takes.change(take.id, { state: 'kept', by: 'speaker' });
	const { take: first, rest } = (await takes.whole(take.id))!;
	expect(await bytesOf(first.id)).toEqual(Buffer.from(webm));
	expect(await bytesOf(rest!.id)).toEqual(Buffer.from(mp4));
	expect(rest).toMatchObject({
		state: 'kept',
		target: { thread_id: 't' },
		marks: [{ at_ms: 300, kind: 'ask' }]
	});
	expect(first.marks).toEqual([{ at_ms: 100, kind: 'point' }]);
	expect((await takes.whole(rest!.id))!.bytes).toEqual(mp4);
	expect((await again()).kept.map((one) => one.id)).toEqual([first.id, rest!.id]);
});

it('can be taken back for ten seconds, then it is gone for good', async () => {
	vi.useFakeTimers();
	takes = new Takes();
	await takes.open(new MemoryDisk());
	const take = await takes.begin({});
	await record(take.id, webm);
	await takes.drop(take.id);
	expect(takes.kept).toEqual([]);
	await vi.advanceTimersByTimeAsync(9_900);
	await takes.restore(take.id);
	await vi.advanceTimersByTimeAsync(20_000);
	expect(takes.kept).toHaveLength(1);
	await takes.drop(take.id);
	await vi.advanceTimersByTimeAsync(11_000);
	expect(await takes.whole(take.id)).toBeUndefined();
	vi.useRealTimers();
});

it('goes at the next start when the tab was killed after discarding', async () => {
	const take = await takes.begin({});
	await record(take.id, webm);
	await takes.drop(take.id);
	takes.close();
	expect((await again()).kept).toEqual([]);
	expect(await pieces(take.id)).toEqual([]);
});

it('is not offered once it lies in the outbox, whatever is written late', async () => {
	const take = await takes.begin({});
	await record(take.id, webm);
	await takes.change(take.id, { state: 'kept', by: 'speaker' });
	const given = takes.give(take.id, (gone) => disk.write([gone]));
	const late = takes.change(take.id, { said: { gist: 'late' } });
	await given;
	expect(await late).toBeUndefined();
	expect(takes.kept).toEqual([]);
	expect(await pieces(take.id)).toHaveLength(3);
	expect((await again()).kept).toEqual([]);
});

it('is here as before when the outbox could not take it', async () => {
	const take = await takes.begin({});
	await record(take.id, webm);
	await takes.change(take.id, { state: 'kept', by: 'speaker' });
	await expect(takes.give(take.id, () => Promise.reject(new Error('full')))).rejects.toThrow('full');
	expect(takes.kept).toHaveLength(1);
	expect((await again()).kept).toHaveLength(1);
});

it('draws many readings as few, none louder than it was', () => {
	expect(folded([1, 9, 2, 4], 2)).toEqual([9, 4]);
	expect(folded([7], 3)).toEqual([7, 7, 7]);
	expect(folded([], 3)).toEqual([]);
});

it('leads back to what a take is for', () => {
	expect(hrefOf({})).toBe('/record');
	expect(hrefOf({ case_id: 'a', item_id: 'b' }, 't')).toBe('/record?case=a&item=b&take=t');
});
