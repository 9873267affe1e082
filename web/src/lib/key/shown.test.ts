import { expect, it } from 'vitest';
import { shownIn } from './shown.ts';

const students = [
	{ name: 'Jonah Reyes', says: 'Otter', case_id: 'k1' },
	{ name: 'Will', says: 'Grey Heron', case_id: 'k2' }
];
const drawn = (text: string) =>
	shownIn(text, students)
		.reverse()
		.sort((a, b) => b.start - a.start)
		.reduce((said, mark) => said.slice(0, mark.start) + mark.id + said.slice(mark.end), text);

it('draws real names where the alias stands as a name', () => {
	expect(drawn('Otter’s goal, and Otter and Grey Heron.')).toBe(
		'Jonah Reyes’s goal, and Jonah Reyes and Will.'
	);
	expect(drawn('An otter, Otters, a grey heron')).toBe('An otter, Otters, a grey heron');
});
