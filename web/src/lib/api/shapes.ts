/**
 * The shapes of the contract as the client uses them; `drift.ts` holds them to the service's OpenAPI file.
 * Optional fields may be missing in an answer; a client that is 30 days old must live with that.
 */
export type Id = string;
/** `YYYY-MM-DD`, in the owner's time zone. */
export type Day = string;
/** RFC 3339, UTC. */
export type Moment = string;

export type Role = 'teacher' | 'mentor' | 'steward';
export type Topic =
	| 'draft'
	| 'meeting'
	| 'placement'
	| 'behavior'
	| 'family'
	| 'team'
	| 'accommodations'
	| 'data'
	| 'paperwork'
	| 'caseload'
	| 'wrong'
	| 'think';
export type Help = 'wording' | 'questions' | 'second_opinion' | 'challenge' | 'check_locally' | 'listen';
export type DraftKind =
	'present_levels' | 'goal' | 'accommodation' | 'service' | 'behavior' | 'meeting_notes' | 'email' | 'other';
export type ItemKind =
	| 'goal'
	| 'present_levels'
	| 'accommodation'
	| 'service'
	| 'meeting'
	| 'deadline'
	| 'contact'
	| 'behavior'
	| 'first_talk'
	| 'todo'
	| 'note';
export type GradeBand = 'K-2' | '3-5' | '6-8' | '9-12' | '18-21';
export type PlanType = 'IEP' | '504' | 'ILP' | 'referral' | 'other';
export type Support = 'monitor' | 'consult' | 'push_in' | 'pull_out' | 'separate';
export type ThreadState = 'waiting' | 'claimed' | 'answered' | 'closed';

export interface QuietHours {
	days: number[];
	from: string;
	to: string;
}

export interface Me {
	id: Id;
	email: string;
	display_name: string;
	region?: string | null;
	time_zone?: string | null;
	quiet_hours?: QuietHours[] | null;
	preferences?: Partial<Preferences>;
	works_with?: Id[];
	memberships: Membership[];
}

export interface Preferences {
	mail: boolean;
	push: boolean;
	theme: 'system' | 'light' | 'dark';
	speed: number;
}

export interface Membership {
	circle_id: Id;
	circle_name: string;
	roles: Role[];
	topics?: Topic[];
	away_until?: Day | null;
}

export interface Circle {
	id: Id;
	name: string;
	/** What the caller is in it. */
	roles?: Role[];
	members?: Member[];
}

/** Someone in a circle, as its other members know her. */
export interface Member {
	id: Id;
	display_name: string;
	roles: Role[];
	topics?: Topic[];
	away_until?: Day | null;
	joined_at?: Moment;
}

export interface Mentor {
	id: Id;
	display_name: string;
	topics?: Topic[];
	away_until?: Day | null;
	/** Null to those who only host. */
	open_count?: number | null;
	/** This person named her as a colleague: she reads none of her threads. */
	works_with_me?: boolean;
}

export interface Case {
	id: Id;
	alias: string;
	grade_band?: GradeBand | null;
	plan_type: PlanType;
	support?: Support | null;
	notes?: string | null;
	created_at?: Moment;
}

export interface Item {
	id: Id;
	case_id?: Id | null;
	kind: ItemKind;
	title: string;
	due_on?: Day | null;
	/** To a mentor, who sees no days. */
	due_in_days?: number | null;
	details: Record<string, unknown>;
	created_at?: Moment;
}

export interface Entry {
	id: Id;
	item_id: Id;
	on: Day;
	value?: number | null;
	note?: string | null;
	details: Record<string, unknown>;
}

export type MarkKind = 'point' | 'ask' | 'do_this' | 'careful';

export interface Voice {
	id: Id;
	thread_id?: Id | null;
	state: 'uploading' | 'processing' | 'ready' | 'failed' | 'held';
	reason?: string | null;
	/** Why it failed or is held, in words. */
	advice?: string | null;
	duration_ms?: number | null;
	peaks?: number[] | null;
	gist?: string | null;
	marks?: { at_ms: number; kind: MarkKind }[] | null;
	transcript?: unknown;
}

export interface Message {
	id: Id;
	thread_id: Id;
	seq?: number;
	/** Null when the account is gone. */
	author_id: Id | null;
	body?: string | null;
	voice?: Voice | null;
	at: Moment;
	retracted_at?: Moment | null;
}

export interface Version {
	id: Id;
	draft_id: Id;
	version: number;
	text: string;
	/** Null when the account is gone. */
	author_id: Id | null;
	at: Moment;
}

export interface Anchor {
	status: 'kept' | 'moved' | 'gone';
	start?: number | null;
	end?: number | null;
}

export interface Comment {
	id: Id;
	draft_id: Id;
	/** Null when the account is gone. */
	author_id: Id | null;
	version: number;
	start: number;
	end: number;
	quote: string;
	body?: string | null;
	suggestion?: string | null;
	voice?: Voice | null;
	state: 'open' | 'accepted' | 'declined' | 'resolved';
	anchor: Anchor;
	at?: Moment;
}

export interface Draft {
	id: Id;
	thread_id: Id;
	kind: DraftKind;
	title?: string | null;
	item_id?: Id | null;
}

export interface Takeaway {
	id: Id;
	thread_id: Id;
	message_id?: Id | null;
	comment_id?: Id | null;
	item_id?: Id | null;
	meeting_id?: Id | null;
	text: string;
	at?: Moment;
}

/** Someone in a thread, as its other readers know them. */
export interface Person {
	id: Id;
	display_name: string;
	region?: string | null;
}

export interface Thread {
	id: Id;
	circle_id: Id;
	author_id: Id;
	mentor_id?: Id | null;
	/** Not given to one chosen mentor. */
	for_anyone?: boolean;
	state: ThreadState;
	topic?: Topic | null;
	help?: Help | null;
	title?: string | null;
	/** The question's first words, or the gist of a spoken one. */
	opening?: string | null;
	need_by?: Day | null;
	meeting_id?: Id | null;
	case_id?: Id | null;
	/** What a thread's readers may know of the student. */
	case?: { grade_band?: string | null; plan_type?: string } | null;
	item_ids?: Id[];
	items?: Item[];
	people?: Person[];
	last_seq?: number;
	read_to?: number;
	unread?: number;
	is_voice?: boolean;
	has_draft?: boolean;
	created_at?: Moment;
	last_at?: Moment;
	claimed_at?: Moment | null;
	closed_at?: Moment | null;
}

/** An address that may join a circle; only hosts see it. */
export interface Invitation {
	id: Id;
	email: string;
	roles: Role[];
	created_at: Moment;
	expires_at: Moment;
}

/** A signed-in browser, or a token for scripts. */
export interface SignedIn {
	id: Id;
	device: 'mine' | 'shared';
	label: string;
	created_at: Moment;
	seen_at: Moment;
	expires_at: Moment;
	is_current: boolean;
}

/** An archive of everything, on its way or ready to be fetched until it expires. */
export interface Archive {
	id: Id;
	state: 'preparing' | 'ready' | 'expired' | 'failed';
	size_bytes?: number | null;
	created_at: Moment;
	ready_at?: Moment | null;
	expires_at: Moment;
}

/** How far this person has read a thread; its id is the thread's. */
export interface Read {
	id: Id;
	thread_id?: Id;
	seq: number;
}

export interface Finding {
	start: number;
	end: number;
	label: string;
	replacement?: string | null;
	reason?: string | null;
	band?: 'sure' | 'ask';
}

export interface Caution {
	reason?: string;
	[key: string]: unknown;
}

export interface ScreenAnswer {
	findings: Finding[];
	cautions?: Caution[];
}

/** What was counted for a circle as a whole; `null` while it is too small for that. */
export interface Totals {
	people: number;
	kept_words: number | null;
}

/** Words that are a name because of what stood around a text in its file. */
export interface Told {
	quote: string;
	label: string;
	replacement?: string | null;
	reason?: string | null;
	band?: 'sure' | 'ask';
}

/** What the service read out of a file; it keeps none of it. */
export interface DocumentRead extends ScreenAnswer {
	text: string;
	kind: DraftKind;
	title?: string | null;
	known: Told[];
	/** What was left out, in words. */
	notes: string[];
}

export type Kind =
	| 'circle'
	| 'case'
	| 'item'
	| 'entry'
	| 'thread'
	| 'message'
	| 'draft'
	| 'version'
	| 'comment'
	| 'takeaway'
	| 'voice'
	| 'read';

/** Which shape each kind of change carries. */
export interface Shapes {
	circle: Circle;
	case: Case;
	item: Item;
	entry: Entry;
	thread: Thread;
	message: Message;
	draft: Draft;
	version: Version;
	comment: Comment;
	takeaway: Takeaway;
	voice: Voice;
	read: Read;
}

export interface Change {
	seq: number;
	kind: Kind;
	id: Id;
	op: 'put' | 'gone';
	object?: Record<string, unknown>;
}

export interface ChangesPage {
	items: Change[];
	next: string | number | null;
}

export interface SearchHit {
	type: string;
	id: Id;
	thread_id?: Id | null;
	case_id?: Id | null;
	title?: string | null;
	snippet: string;
	at: Moment;
}
