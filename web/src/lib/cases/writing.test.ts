import { expect, it } from 'vitest';
import { itemFields } from './itemFields.ts';
import { DetailsForm } from './writing.svelte.ts';

it('gives back on the next opening what was written and not kept', () => {
	const before = { purpose: 'Agree on one support.', meeting_kind: 'family', points: ['Daily in science.'] };
	const left = new DetailsForm(itemFields.meeting, before);
	left.typed.purpose!.text = 'Agree on one writing support.';
	left.typed.points!.text = '';
	left.values.time = '13:15';
	const again = new DetailsForm(itemFields.meeting, before);
	again.restore(structuredClone(left.written));
	expect(again.changed()).toEqual(left.changed());
	expect(again.changed()).toEqual({ purpose: 'Agree on one writing support.', points: null, time: '13:15' });
});

it('leaves alone a field that the form no longer has', () => {
	const form = new DetailsForm(itemFields.note);
	form.restore({ texts: { gone: { text: 'x', kept: [] } }, values: {}, flags: {} });
	expect(form.filled()).toEqual({});
});
