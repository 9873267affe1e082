/**
 * A form for details while it is filled in: typed texts go through the screen, the rest are plain values.
 *   const form = new DetailsForm(specs, details)
 *   form.texts            the screened fields, for NamesLine
 *   form.changed()        what to send: only what differs; null takes a value away
 *   form.kept('details')  the kept words by field path
 *   form.written, form.restore(written)  what stands in it, to be kept on the phone until it is sent
 */
import { Screening } from '#lib/screening/screening.svelte.ts';
import type { Kept } from '#lib/screening/kept.ts';
import type { FieldSpec } from './fields.ts';

type Values = Record<string, unknown>;

export interface Written {
	texts: Record<string, { text: string; kept: string[] }>;
	values: Record<string, string>;
	flags: Record<string, boolean>;
}

const isTyped = (field: FieldSpec) =>
	field.shape === 'words' || field.shape === 'line' || field.shape === 'lines' || field.shape === 'ticks';

const linesOf = (text: string) =>
	text
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);

export class DetailsForm {
	readonly typed: Record<string, Screening> = {};
	values = $state<Record<string, string>>({});
	flags = $state<Record<string, boolean>>({});
	readonly specs: FieldSpec[];
	readonly #before: Values;

	constructor(specs: FieldSpec[], details: Values = {}) {
		this.specs = specs;
		this.#before = details;
		for (const field of specs) {
			const value = details[field.key];
			if (isTyped(field)) {
				const words = new Screening(textOf(field, value));
				// What is stored has passed the gate: it is not asked again.
				words.passed = words.normal;
				this.typed[field.key] = words;
			} else if (field.shape === 'yes') this.flags[field.key] = value === true;
			else this.values[field.key] = value === null || value === undefined ? '' : String(value);
		}
	}

	get texts(): Screening[] {
		return Object.values(this.typed);
	}

	/** Whether this field has something in it. */
	says({ key }: FieldSpec): boolean {
		return Boolean(this.typed[key]?.text.trim() || this.values[key] || this.flags[key]);
	}

	/** Everything that stands in the form, as plain values. */
	get written(): Written {
		return {
			texts: Object.fromEntries(
				Object.entries(this.typed).map(([key, words]) => [
					key,
					{ text: words.text, kept: $state.snapshot(words.kept) }
				])
			),
			values: $state.snapshot(this.values),
			flags: $state.snapshot(this.flags)
		};
	}

	restore({ texts, values, flags }: Written): void {
		for (const [key, { text, kept }] of Object.entries(texts)) {
			const words = this.typed[key];
			if (!words) continue;
			words.text = text;
			words.kept = kept;
		}
		Object.assign(this.values, values);
		Object.assign(this.flags, flags);
	}

	/** Which field is not a number where one is asked for, in words. */
	get trouble(): string | undefined {
		const wrong = this.specs.find((field) => {
			const value = this.values[field.key];
			return field.shape === 'number' && value?.trim() && !Number.isFinite(Number(value.replace(',', '.')));
		});
		return wrong && `“${wrong.label}” wants a number.`;
	}

	async settled(): Promise<boolean> {
		await Promise.all(this.texts.map((words) => words.settled()));
		return this.texts.every((words) => words.open.length === 0);
	}

	#value(field: FieldSpec): unknown {
		if (field.shape === 'yes') return this.flags[field.key] || undefined;
		if (field.shape === 'lines') return ifAny(linesOf(this.typed[field.key]!.normal));
		if (field.shape === 'ticks') {
			const before = (this.#before[field.key] ?? []) as { text?: string; done?: boolean }[];
			return ifAny(
				linesOf(this.typed[field.key]!.normal).map((text) => ({
					text,
					done: before.find((tick) => tick.text === text)?.done ?? false
				}))
			);
		}
		if (isTyped(field)) {
			const text = this.typed[field.key]!.normal;
			return (field.shape === 'line' ? text.replace(/\s+/g, ' ') : text) || undefined;
		}
		const raw = this.values[field.key]?.trim();
		if (!raw) return undefined;
		return field.shape === 'number' ? Number(raw.replace(',', '.')) : raw;
	}

	changed(): Values {
		const out: Values = {};
		for (const field of this.specs) {
			const value = this.#value(field);
			const before = this.#before[field.key] ?? undefined;
			if (JSON.stringify(value) === JSON.stringify(before)) continue;
			if (field.shape === 'yes' && !value && !before) continue;
			out[field.key] = value ?? null;
		}
		return out;
	}

	/** As `changed`, for something new: nothing is taken away from it. */
	filled(): Values {
		return Object.fromEntries(Object.entries(this.changed()).filter(([, value]) => value !== null));
	}

	kept(under: string): Kept {
		const out: Kept = {};
		for (const field of this.specs) {
			const words = this.typed[field.key];
			if (!words?.kept.length) continue;
			const kept = $state.snapshot(words.kept);
			if (field.shape === 'lines')
				linesOf(words.normal).forEach((_, i) => (out[`${under}.${field.key}.${i}`] = kept));
			else if (field.shape === 'ticks')
				linesOf(words.normal).forEach((_, i) => (out[`${under}.${field.key}.${i}.text`] = kept));
			else out[`${under}.${field.key}`] = kept;
		}
		return out;
	}
}

const ifAny = <T>(list: T[]): T[] | undefined => (list.length ? list : undefined);

function textOf(field: FieldSpec, value: unknown): string {
	if (value === null || value === undefined) return '';
	if (field.shape === 'ticks')
		return (value as { text?: string }[]).map((tick) => tick.text ?? '').join('\n');
	return Array.isArray(value) ? value.join('\n') : String(value);
}
