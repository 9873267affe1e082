import { goto } from '$app/navigation';
import type { Id } from '#lib/api/shapes.ts';
import { Screening } from '#lib/screening/screening.svelte.ts';
import { session } from '#lib/session/session.svelte.ts';
import { isMine } from '#lib/threads/head.svelte.ts';
import { threads, titleOf, voiceOf } from '#lib/threads/threads.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import { Recorder } from '#lib/voice/recorder.svelte.ts';
import { hrefOf, type Target } from '#lib/voice/take.ts';
import { takes, type Whole } from '#lib/voice/takes.svelte.ts';
import { Asking } from './asking.svelte.ts';
import { hintsFor } from './hints.ts';
import { LONGEST_GIST } from './sending.ts';

/** One sitting at the recorder: what is recorded, what it is for, and what is said about it before it goes. */
export class Sitting {
	readonly recorder = new Recorder();
	readonly asking = new Asking(() => this.target);
	words = $state(new Screening());
	/** The finished take, while it is heard and sent. */
	whole = $state.raw<Whole>();
	/** "Said a name?" was answered with No; asked anew whenever more was said. */
	isNameless = $state(false);
	/** What the address asks for. */
	here = $state.raw<Target>({});

	/** A take that waited knows better than the address what it is for. */
	readonly target = $derived(this.recorder.take?.target ?? this.here);
	readonly thread = $derived(threads.get(this.target.thread_id));
	readonly mine = $derived(this.thread !== undefined && isMine(this.thread));
	readonly canTake = $derived(
		this.thread !== undefined &&
			!this.mine &&
			this.thread.state === 'waiting' &&
			(!this.thread.mentor_id || this.thread.mentor_id === session.personId)
	);
	/** The question a mentor answers stays in sight while talking. */
	readonly question = $derived.by(() => {
		const { thread } = this;
		if (!thread || this.mine) return undefined;
		const first = thread.messages.find((one) => one.seq === 1) ?? thread.messages[0];
		return first?.body ?? (first && voiceOf(first)?.gist) ?? thread.opening ?? titleOf(thread);
	});
	readonly hints = $derived(
		hintsFor(
			!this.target.thread_id ? 'asker' : this.mine ? 'author' : 'mentor',
			this.asking.wish,
			this.thread?.help === 'listen'
		)
	);

	readonly gist = $derived(this.words.normal.replace(/\s+/g, ' '));
	readonly isTooLong = $derived([...this.gist].length > LONGEST_GIST);
	/** Whoever mentors says in one line what is heard. */
	readonly isGistMissing = $derived(session.is('mentor') && !this.gist);
	readonly isBlocked = $derived(
		!this.isNameless || this.words.open.length > 0 || this.isTooLong || this.isGistMissing
	);

	/** A take that waits, or nothing yet. */
	open(takeId?: Id): void {
		this.whole = undefined;
		this.isNameless = false;
		const take = takes.get(takeId);
		if (take) this.recorder.load(take);
		else this.recorder.clear();
		this.asking.said = { ...take?.said };
		this.words = new Screening(take?.said.gist, take?.said.kept);
		this.words.people = [session.me?.display_name ?? ''].filter(Boolean);
		void this.words.settled();
	}

	async record(): Promise<void> {
		const { take } = this.recorder;
		this.whole = undefined;
		this.isNameless = false;
		await (take?.state === 'kept' ? this.recorder.goOn(take) : this.recorder.start(this.here));
	}

	async done(): Promise<void> {
		await this.recorder.stop();
		const id = this.recorder.takeId;
		this.whole = id ? await takes.whole(id) : undefined;
		if (this.whole) this.recorder.load(this.whole.take);
	}

	async discard(): Promise<void> {
		await this.recorder.stop();
		const { take } = this.recorder;
		if (take) await takes.drop(take.id);
		this.recorder.clear();
		this.whole = undefined;
		if (!take) return;
		toasts.say('Discarded.', () => {
			void takes.restore(take.id).then(() => goto(hrefOf(take.target, take.id)));
		});
	}

	async again(): Promise<void> {
		await this.discard();
		this.open();
		await this.record();
	}
}
