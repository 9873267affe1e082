/**
 * Holds the client's shapes to the service's own (`schema.d.ts`, generated from the OpenAPI file by `make types`): when
 * an answer no longer fits what the client reads, or an act sends what the service does not take, the check fails here.
 */
import type { components } from './schema.d.ts';
import type {
	Archive,
	Case,
	Circle,
	Comment,
	DocumentRead,
	Draft,
	Entry,
	Invitation,
	Item,
	Me,
	Member,
	Mentor,
	Message,
	SignedIn,
	Takeaway,
	Thread,
	Totals,
	Version,
	Voice
} from './shapes.ts';

type Service = components['schemas'];
/** `true` only if what the service gives can be read as what the client takes it for. */
type Fits<Given extends Wanted, Wanted> = [Given, Wanted] extends [never, never] ? never : true;
/** Parts nested in their parents get the parent's id from the store (`store/tree.ts`). */
type Within<T, Parent extends string> = T & Record<Parent, string>;

export type AnswersFit = [
	Fits<Service['MeRead'], Me>,
	Fits<Service['CircleRead'], Circle>,
	Fits<Service['MemberRead'], Member>,
	Fits<Service['MentorRead'], Mentor>,
	Fits<Service['InvitationRead'], Invitation>,
	Fits<Service['SessionRead'], SignedIn>,
	Fits<Service['ExportRead'], Archive>,
	Fits<Service['CaseRead'], Case>,
	Fits<Service['ItemRead'], Omit<Item, 'details'>>,
	Fits<Service['EntryRead'], Omit<Entry, 'details'>>,
	Fits<Service['ThreadListed'], Omit<Thread, 'items'>>,
	Fits<Service['MessageRead'], Omit<Message, 'voice'>>,
	Fits<Service['DocumentRead'], Omit<DocumentRead, 'cautions'>>,
	Fits<Service['DraftRead'], Draft>,
	Fits<Within<Service['VersionRead'], 'draft_id'>, Version>,
	Fits<Within<Service['CommentRead'], 'draft_id'>, Omit<Comment, 'voice'>>,
	Fits<Service['TakeawayRead'], Takeaway>,
	Fits<Service['TotalsRead'], Totals>,
	Fits<Service['VoiceRead'], Voice>
];
