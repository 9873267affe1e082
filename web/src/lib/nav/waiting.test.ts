import { expect, it } from 'vitest';
import { countWords } from './waiting.ts';

it('counts what people wrote, not what the app does beside it', () => {
	expect(countWords([{ what: 'question' }, { what: 'change', quiet: true }])).toBe('1 question');
	expect(countWords([{ what: 'voice' }, { what: 'answer' }])).toBe('1 answer');
	expect(countWords([{ what: 'answer' }, { what: 'draft' }, { what: 'draft' }])).toBe('3 things');
	expect(countWords([{ what: 'voice' }])).toBe('1 recording');
});
