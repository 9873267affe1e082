import type { Id } from '#lib/api/shapes.ts';
import { cases } from '#lib/cases/cases.svelte.ts';
import { session, store } from '#lib/session/session.svelte.ts';
import { dayOf, likely, needs, type Meeting } from '#lib/threads/need.ts';
import { daysBetween, today, weekday } from '#lib/time/words.ts';
import type { Said, Target } from '#lib/voice/take.ts';

/** When a spoken question needs its answer and who may hear it; `said` is where that is kept. */
export class Asking {
	said = $state<Said>({});
	readonly #target: () => Target;

	constructor(target: () => Target) {
		this.#target = target;
	}

	get target(): Target {
		return this.#target();
	}

	readonly now = $derived(today(session.me?.time_zone ?? undefined));
	readonly caseId = $derived(
		this.target.case_id ?? store.get('item', this.target.meeting_id)?.case_id ?? undefined
	);
	readonly meetings = $derived(
		cases
			.meetings(this.now)
			.map((item): Meeting => ({ id: item.id, due_on: item.due_on!, case_id: item.case_id }))
			.filter((one) => !this.target.meeting_id || one.id === this.target.meeting_id)
	);
	readonly options = $derived(needs(this.now, this.meetings, this.caseId));
	readonly chosen = $derived(
		this.options.find((option) => option.value === this.said.when)?.value ??
			(this.target.meeting_id && this.options.some((option) => option.meeting_id)
				? 'meeting'
				: likely(this.options, this.now, this.meetings))
	);
	readonly need = $derived(this.options.find((option) => option.value === this.chosen));
	/** The day an answer is needed, or null when there is no rush. */
	readonly day = $derived(dayOf(this.need, this.meetings));

	readonly circles = $derived(session.circlesAs('teacher'));
	readonly circle = $derived(
		this.circles.find((one) => one.circle_id === this.said.circle_id) ?? this.circles[0]
	);

	/** "What would help by Friday?" */
	readonly wish = $derived.by(() => {
		const day = this.need?.meeting_id
			? this.meetings.find((one) => one.id === this.need!.meeting_id)?.due_on
			: this.day;
		if (!day) return 'What would help?';
		const days = daysBetween(this.now, day);
		if (days <= 0) return 'What would help today?';
		if (days === 1) return 'What would help by tomorrow?';
		return days < 7 ? `What would help by ${weekday(day)}?` : 'What would help by then?';
	});

	/** The fields of a question that say when, about whom and to whom. */
	get fields(): {
		need_by?: string | null;
		meeting_id?: Id;
		case_id?: Id;
		item_ids?: Id[];
		mentor_id?: Id;
	} {
		const { need, target, said } = this;
		return {
			...(need?.meeting_id ? { meeting_id: need.meeting_id } : { need_by: need?.need_by ?? null }),
			...(this.caseId ? { case_id: this.caseId } : {}),
			...(target.item_id ? { item_ids: [target.item_id] } : {}),
			...(said.mentor_id ? { mentor_id: said.mentor_id } : {})
		};
	}
}
