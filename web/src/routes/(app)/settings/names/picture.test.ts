import { expect, it } from 'vitest';
import { openFile, sealFile } from '#lib/key/crypto.ts';
import { draw, fits } from './picture.ts';

const students = (many: number) =>
	Array.from({ length: many }, (_, i) => ({
		name: `${['Jonah', 'Maya', 'Tomás', 'Ines'][i % 4]} ${['Reyes', 'Okafor', 'Lindqvist'][i % 3]}${i}`,
		says: `Otter ${i}`,
		case_id: crypto.randomUUID()
	}));

it('holds a caseload of twenty-two, encrypted, in one picture', async () => {
	const names = students(22);
	const copy = await sealFile({ names }, 'four words are enough');
	expect(fits(copy)).toBe(true);
	expect(copy).not.toContain('Jonah');
	const { size, path } = draw(copy);
	expect(size).toBeLessThanOrEqual(160);
	expect(path.match(/M/g)!.length).toBeGreaterThan(5000);
	expect(await openFile(copy, 'four words are enough')).toEqual({ names });
});

it('says when there are too many for one', async () => {
	expect(fits(await sealFile({ names: students(80) }, 'four words are enough'))).toBe(false);
});
