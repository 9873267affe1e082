import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDB } from 'idb';
import { Learned } from './learned.svelte.ts';
import { Names } from './names.svelte.ts';

const jonah = { name: 'Jonah', says: 'Otter', case_id: 'k1' };
const albright = { name: 'Ms. Albright', says: 'a teacher' };
const will = { name: 'Will', says: 'Wren', case_id: 'k2' };

let person = 0;
let names: Names;
let learned: Learned;
beforeEach(async () => {
	names = new Names();
	learned = new Learned(names);
	await names.open(`n${++person}`, true);
});
afterEach(() => names.close());

async function signInAgain() {
	const next = new Names();
	await next.open(`n${person}`, true);
	return next;
}

it('knows the private name after the app was closed, and no readable name lies in the database', async () => {
	await names.learn(jonah);
	names.close();
	const again = await signInAgain();
	expect(again.labelOf('k1')).toBe('Jonah');
	again.close();

	const raw = await openDB(`names-n${person}`);
	const { box } = await raw.get('key', 'content');
	expect(new TextDecoder('latin1').decode(box)).not.toContain('Jonah');
	expect((await raw.get('key', 'open')).extractable).toBe(false);
	raw.close();
});

it('is locked by sign-out, not wiped, and opens with the PIN alone', async () => {
	await names.learn(jonah);
	await names.setPin('271828');
	await names.learn(albright);
	await names.lock();

	const again = await signInAgain();
	expect(again.state).toBe('locked');
	expect(again.list).toEqual([]);
	await expect(again.unlock('000000')).rejects.toThrow();
	expect(again.state).toBe('locked');
	await again.unlock('271828');
	expect(again.list).toEqual([jonah, albright]);
	again.close();
});

it('offers a copy after the third name, and the copy comes back on another phone', async () => {
	await names.learn(jonah);
	await names.learn(albright);
	expect(names.offersCopy).toBe(false);
	await names.learn(will);
	expect(names.offersCopy).toBe(true);
	const file = await names.copy('four words are enough');
	expect(names.offersCopy).toBe(false);
	expect(file).not.toContain('Jonah');

	const other = new Names();
	await other.open(`other-${person}`, true);
	expect(JSON.parse(file)).not.toHaveProperty('names');
	await expect(other.restore(file, 'another phrase')).rejects.toThrow();
	expect(await other.restore(file, 'four words are enough')).toBe(3);
	expect(other.labelOf('k2')).toBe('Will');
	expect(other.offersCopy).toBe(false);
	other.close();
});

it('gives a student one private name', async () => {
	await names.learn(jonah);
	await names.learn({ name: 'Jo', says: 'Otter', case_id: 'k1' });
	expect(names.list).toEqual([{ name: 'Jo', says: 'Otter', case_id: 'k1' }]);
});

it('knows a student by every name that is used', async () => {
	await names.learn({ ...jonah, name: 'Jonah Reyes' });
	await learned.alsoCalled('k1', 'Jojo');
	await learned.alsoCalled('k1', 'reyes');
	expect(names.list).toEqual([{ ...jonah, name: 'Jonah Reyes', also: ['Jojo'] }]);
	expect(learned.finder.find('Jojo and Jonah').map((one) => one.known.says)).toEqual(['Otter', 'Otter']);
});

it('has one school, and asks for it once', async () => {
	expect(names.asksForPlaces).toBe(true);
	await names.askedForPlaces();
	expect(names.asksForPlaces).toBe(false);
	await names.learn({ name: 'Fernhill Elementary', says: 'our school', place: 'school' });
	await names.learn({ name: 'Harlow Middle School', says: 'our school', place: 'school' });
	expect(names.list.map((known) => known.name)).toEqual(['Harlow Middle School']);
});

it('remembers what is no name, until that is taken back or turns out to be one', async () => {
	const undo = await learned.keepAsWords(['Wilson', 'Chase']);
	expect(learned.wordsIn('Wilson Reading with Chase')).toEqual(['Wilson', 'Chase']);
	await names.learn({ name: 'Chase', says: 'Wren', case_id: 'k3' });
	expect(learned.wordsIn('Wilson Reading with Chase')).toEqual(['Wilson']);
	const again = await signInAgain();
	expect(new Learned(again).wordsIn('The Wilson kit')).toEqual(['Wilson']);
	again.close();
	await undo();
	expect(names.words).toEqual([]);
});

it('looks for a name that was replaced in an earlier text, and for no word beside it', async () => {
	const undo = await learned.replacedEarlier([
		{ quote: 'Maya Okafor', says: 'a student' },
		{ quote: 'Maya’s mother', says: 'the student’s mother' }
	]);
	expect(names.list).toEqual([]);
	expect(learned.finder.find('Okafor’s mother').map((one) => one.known.says)).toEqual(['a student']);
	await undo();
	expect(learned.finder.find('Okafor')).toEqual([]);
});

it('keeps nothing on a shared phone', async () => {
	const shared = new Names();
	await shared.open(`shared-${person}`, false);
	await shared.learn(jonah);
	expect(shared.labelOf('k1')).toBe('Jonah');
	shared.close();
	await shared.open(`shared-${person}`, true);
	expect(shared.state).toBe('none');
	shared.close();
});

it('opens by itself again once the PIN is taken away', async () => {
	await names.learn(jonah);
	await names.setPin('271828');
	await names.dropPin();
	await names.leave();
	const again = await signInAgain();
	expect(again.hasPin).toBe(false);
	expect(again.list).toEqual([jonah]);
	again.close();
});

it('is locked while one stays signed in, and forgets even what is locked', async () => {
	await names.learn(jonah);
	await names.setPin('271828');
	await names.lock();
	expect(names.state).toBe('locked');
	expect(names.labelOf('k1')).toBeUndefined();
	await names.learn(albright);
	await names.rename('k1', 'Heron');
	await names.drop('Jonah');
	expect(names.list).toEqual([]);
	await names.unlock('271828');
	expect(names.list).toEqual([jonah]);

	await names.lock();
	await names.forget();
	expect(names.state).toBe('none');
	const again = await signInAgain();
	expect(again.state).toBe('none');
	again.close();
});

it('loses nothing that is learned at the same moment, and hands nothing to who comes next', async () => {
	await Promise.all([
		names.learn(jonah),
		names.learn(albright),
		learned.keepAsWords(['Wilson']),
		learned.replacedEarlier([{ quote: 'Marcus', says: 'a student' }]),
		names.setPin('271828')
	]);
	void names.learn(will);
	await names.leave();
	const again = await signInAgain();
	expect([again.state, again.list, again.words]).toEqual(['locked', [], []]);
	await again.unlock('271828');
	expect(again.list.slice(0, 2)).toEqual([jonah, albright]);
	expect(again.words).toEqual(['Wilson']);
	expect(again.earlier.map((known) => known.name)).toEqual(['Marcus']);
	again.close();
	await names.open(`next-${person}`, true);
	expect([names.state, names.list]).toEqual(['none', []]);
});
