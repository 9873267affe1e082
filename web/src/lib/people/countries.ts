import { states } from './regions.ts';

/** ISO 3166-1, without the United States: its states stand for it. */
const CODES =
	'AD AE AF AG AI AL AM AO AQ AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UY UZ VA VC VE VG VN VU WF WS YE YT ZA ZM ZW'.split(
		' '
	);

export interface RegionOption {
	value: string;
	label: string;
	group?: string;
}

/** What one can say of where one works: a state or a country, nothing nearer. A code that is set stays a choice. */
export function regionOptions(now: string): RegionOption[] {
	const names = new Intl.DisplayNames(['en'], { type: 'region' });
	const options: RegionOption[] = [
		{ value: '', label: 'Not said' },
		...Object.entries(states).map(([code, label]) => ({
			value: `US-${code}`,
			label,
			group: 'United States'
		})),
		...CODES.map((value) => ({ value, label: names.of(value) ?? value, group: 'Other countries' })).sort(
			(a, b) => a.label.localeCompare(b.label)
		)
	];
	return options.some((option) => option.value === now)
		? options
		: [...options, { value: now, label: now, group: 'Other countries' }];
}
