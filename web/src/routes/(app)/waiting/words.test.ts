import { expect, it } from 'vitest';
import type { Command } from '#lib/outbox/command.ts';
import { at, texts, withAt } from '#lib/outbox/texts.ts';
import { firstWords, lookAt, whyWords } from './words.ts';

const command = {
	body: {
		id: 'x',
		body: 'How have you argued it?',
		need_by: '2026-03-05',
		topic: 'team',
		drafts: [{ id: 'd', kind: 'goal', text: 'The student reads' }],
		details: { concern: 'Why not at school?', direction: 'in', next_step_by: '2026-03-05' },
		kept: { body: ['Wilson'] }
	}
} as unknown as Command;

it('finds the texts of an act by their path, and nothing else of it', () => {
	expect(texts(command).map(({ path }) => path)).toEqual(['body', 'drafts.0.text', 'details.concern']);
	expect(firstWords(command)).toBe('How have you argued it?');
});

it('changes one of them and leaves the rest as it was', () => {
	const changed = withAt(command.body!, 'drafts.0.text', 'Reads aloud');
	expect(at(changed, 'drafts.0.text')).toBe('Reads aloud');
	expect(at(command.body, 'drafts.0.text')).toBe('The student reads');
	expect(changed.body).toBe('How have you argued it?');
});

it('leads a version that came too late to the draft, everything else to its own page', () => {
	const late = { id: 'c', state: 'failed', href: '/threads/t/drafts/d' } as Command;
	const stale = { ...late, problem: { type: '/problems/stale-version', status: 409 } } as Command;
	expect(lookAt(stale)).toBe('/threads/t/drafts/d');
	const claim = { ...late, problem: { type: '/problems/already-claimed', status: 409 } } as Command;
	expect(lookAt(claim)).toBe('/waiting/c');
	expect(whyWords(claim)).toContain('Someone else has it');
});
