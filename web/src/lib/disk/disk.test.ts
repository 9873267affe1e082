import { expect, it } from 'vitest';
import { openDB } from 'idb';
import { forgetDisk, MemoryDisk, openDisk } from './disk.ts';

it('gives back what was written after the app was closed and opened again', async () => {
	const first = await openDisk('ana');
	await first.write([
		{ put: 'objects', row: { key: 'thread:1', parent: 'case:1', value: { title: 'Heron reads' } } }
	]);
	first.close();

	const again = await openDisk('ana');
	expect(await again.get('objects', 'thread:1')).toEqual({ title: 'Heron reads' });
	expect(await again.under('objects', 'case:1')).toHaveLength(1);
	again.close();
});

it('keeps no readable word in the database', async () => {
	const disk = await openDisk('ben');
	await disk.write([{ put: 'writing', row: { key: 'ask', value: 'Plover hums quietly' } }]);
	disk.close();

	const raw = await openDB('colleague-ben');
	const stored = await raw.get('writing', 'ask');
	const bytes = new TextDecoder('latin1').decode(stored.sealed.box);
	expect(bytes).not.toContain('Plover');
	expect((await raw.get('keys', 'disk')).extractable).toBe(false);
	raw.close();
});

it('keeps bytes as bytes', async () => {
	const disk = await openDisk('cem');
	await disk.write([{ put: 'chunks', row: { key: 'n/0', value: new Uint8Array([1, 2, 3]).buffer } }]);
	expect(new Uint8Array((await disk.get<ArrayBuffer>('chunks', 'n/0'))!)).toEqual(new Uint8Array([1, 2, 3]));
	disk.close();
});

it('writes all of it or nothing', async () => {
	const disk = await openDisk('dee');
	const loop: Record<string, unknown> = {};
	loop.self = loop;
	await expect(
		disk.write([
			{ put: 'objects', row: { key: 'a', value: 1 } },
			{ put: 'meta', row: { key: 'b', value: loop } }
		])
	).rejects.toThrow();
	expect(await disk.all('objects')).toEqual([]);
	disk.close();
});

it('forgets a person whole, key included', async () => {
	const disk = await openDisk('eli');
	await disk.write([{ put: 'meta', row: { key: 'cursor', value: 'c1' } }]);
	disk.close();
	await forgetDisk('eli');
	expect(await (await openDisk('eli')).get('meta', 'cursor')).toBeUndefined();
});

it('has the same face in memory', async () => {
	const disk = new MemoryDisk();
	await disk.write([{ put: 'objects', row: { key: 'b', parent: 'p', value: 2 } }]);
	await disk.write([{ put: 'objects', row: { key: 'a', parent: 'p', value: 1 } }]);
	expect((await disk.under('objects', 'p')).map((row) => row.value)).toEqual([1, 2]);
	await disk.write([{ drop: 'objects', key: 'a' }, { clear: 'objects' }]);
	expect(await disk.all('objects')).toEqual([]);
});
