import type { Case } from '#lib/api/shapes.ts';

/** Animals and plants that are nobody's name and pass the screen. */
const WORDS =
	'albatross alder armadillo avocet badger bamboo beaver birch bison bittern bobcat bobolink bramble buffalo bulrush caribou cedar chickadee chinchilla chipmunk cormorant coyote crane cricket curlew cypress dandelion dipper dolphin dormouse dragonfly dunlin echidna egret eider elk falcon ferret firefly flamingo foxglove gannet gazelle gecko gibbon goldfinch grebe hare harrier hedgehog heron hornbeam ibex ibis impala jackdaw junco kestrel killdeer kingfisher kiwi kookaburra lapwing larch lemur leopard linnet lynx macaw magpie mallard manatee marmot marten meadowlark meerkat merganser mongoose narwhal newt nighthawk nuthatch ocelot oriole osprey otter owl oystercatcher panda partridge pelican penguin petrel pheasant pika plover porcupine ptarmigan puffin quail raccoon redstart reindeer sandpiper sparrow starling stork swallow tanager tapir teal tern toucan turnstone vole wagtail walrus warbler weasel whimbrel wigeon wolverine wombat woodpecker zebra'.split(
		' '
	);

/** An alias at random that this teacher does not use yet. */
export function proposeAlias(used: Pick<Case, 'alias'>[]): string {
	const taken = new Set(used.map((one) => one.alias.toLowerCase()));
	const free = WORDS.filter((word) => !taken.has(word));
	const words = free.length ? free : WORDS;
	const pick = words[crypto.getRandomValues(new Uint32Array(1))[0]! % words.length]!;
	const alias = pick.charAt(0).toUpperCase() + pick.slice(1);
	return free.length ? alias : `${alias} ${used.length + 1}`;
}
