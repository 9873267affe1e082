import { expect, it } from 'vitest';
import { regionWords } from './regions.ts';

it('says regions as people do', () => {
	expect(['US-OH', 'US-NH', 'PT', 'US-ZZ', '', null].map(regionWords)).toEqual([
		'Ohio',
		'New Hampshire',
		'Portugal',
		'US-ZZ',
		'',
		''
	]);
});
