/** What a student's few clear facts are called on screen. */
import type { Case, GradeBand, PlanType, Support } from '#lib/api/shapes.ts';

export const bands: { value: GradeBand | ''; label: string }[] = [
	{ value: '', label: 'Not said' },
	{ value: 'K-2', label: 'K–2' },
	{ value: '3-5', label: '3–5' },
	{ value: '6-8', label: '6–8' },
	{ value: '9-12', label: '9–12' },
	{ value: '18-21', label: '18–21' }
];
export const plans: { value: PlanType; label: string }[] = [
	{ value: 'IEP', label: 'IEP' },
	{ value: '504', label: '504' },
	{ value: 'ILP', label: 'ILP' },
	{ value: 'referral', label: 'Referral' },
	{ value: 'other', label: 'Other' }
];
export const supports: { value: Support | ''; label: string }[] = [
	{ value: '', label: 'Not said' },
	{ value: 'monitor', label: 'Monitor' },
	{ value: 'consult', label: 'Consult' },
	{ value: 'push_in', label: 'Push-in' },
	{ value: 'pull_out', label: 'Pull-out' },
	{ value: 'separate', label: 'Separate class' }
];

/** "Grades 6–8, IEP, push-in". */
export function caseWords(student: Pick<Case, 'grade_band' | 'plan_type' | 'support'>): string {
	const band = bands.find((each) => each.value && each.value === student.grade_band)?.label;
	const ages = student.grade_band === '18-21';
	const plan = plans.find((each) => each.value === student.plan_type);
	const support = supports.find((each) => each.value && each.value === student.support)?.label;
	return [
		band && `${ages ? 'Ages' : 'Grades'} ${band}`,
		plan && plan.value !== 'other' && (plan.value === 'referral' ? 'referral' : plan.label),
		support && support.toLowerCase()
	]
		.filter(Boolean)
		.join(', ');
}
