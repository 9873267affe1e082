import { expect, it } from 'vitest';
import { quoted } from './quoted.ts';

it.each([
	['It buzzes at home too.', '“It buzzes at home too.”'],
	['“It buzzes at home too.”', '“It buzzes at home too.”'],
	['"It buzzes." ', '“It buzzes.”'],
	['“Yes,” then “no.”', '““Yes,” then “no.””']
])('%s', (words, shown) => expect(quoted(words)).toBe(shown));
