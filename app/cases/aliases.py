"""Aliases that are animals and plants, and nobody's name, pass the screen.

Those that are also common first names (Robin, Rose, Jay) are left out on purpose: the screen asks about them.
"""

ANIMALS = """
adder albatross alpaca anchovy ant anteater antelope armadillo auk avocet axolotl badger barnacle bat
beaver bee beetle bison bittern boar bobcat bobolink buffalo bullfinch bumblebee butterfly buzzard camel
capybara cardinal caribou cassowary caterpillar catfish chaffinch chameleon chamois cheetah chickadee
chinchilla chipmunk cicada clam cockatoo cod coot cormorant cougar coyote crab crane crayfish cricket
crossbill crow cuckoo curlew deer dingo dipper dolphin dormouse dragonfly duck dunlin dunnock eagle
earwig echidna eel egret eider elephant elk emu ermine falcon ferret finch firefly flamingo flounder
flycatcher frog fulmar gannet gazelle gecko gerbil gibbon giraffe gnu goat godwit goldfinch goose gopher
grackle grasshopper grebe greenfinch grosbeak grouse guillemot gull halibut hamster hare harrier hawk
hedgehog heron herring hippo hoopoe hornbill hornet horse hummingbird ibex ibis iguana impala jackal jackdaw
jaguar jellyfish junco kangaroo kestrel killdeer kingfisher kinglet kite kiwi koala kookaburra ladybird
ladybug lapwing lemming lemur leopard limpet linnet lizard llama lobster loon lynx macaw mackerel
magpie mallard manatee mandrill mantis marmoset marmot marten meadowlark meerkat merganser mink minnow mole
mongoose moose moth mouse muskrat mussel narwhal newt nighthawk nightingale nuthatch ocelot octopus opossum
orangutan oriole osprey ostrich otter owl ox oyster oystercatcher panda panther parrot partridge peacock
pelican penguin perch petrel pheasant pigeon pika pike pintail pipit platypus plover polecat pony porcupine
porpoise prawn ptarmigan puffin puma python quail quetzal rabbit raccoon ram raven razorbill redpoll
redstart reindeer rhino roadrunner rook salamander salmon sandpiper sardine scallop sea seahorse seal serval
shark sheep shrew shrike shrimp skink skua skunk skylark sloth snail snipe sparrow spider spoonbill squid
squirrel starfish starling stilt stoat stork sturgeon swallow swan swift swordfish tadpole tamarin tanager
tapir teal tern thrush tiger tit toad tortoise toucan treefrog trout tuna turkey turnstone turtle vireo vole
vulture wagtail wallaby walrus warbler weasel whale wheatear whimbrel wigeon wildcat wolverine wombat
woodchuck woodcock woodlark woodpecker yak zebra
"""

PLANTS = """
acacia agave alder alfalfa aloe anemone apple apricot arnica artichoke avocado bamboo banana banyan
baobab barley bean beech begonia bilberry birch blackberry blackthorn bluebell blueberry borage bracken
bramble broom buckthorn buckwheat bulrush burdock buttercup cactus campion caraway carrot catkin catnip
cedar celandine celery chamomile chestnut chicory chives cinnamon columbine comfrey coneflower
coriander cornflower cotton cowslip cranberry crocus cucumber currant cypress daffodil damson dandelion dill
dock dogwood elder elderberry elm eucalyptus fennel fern fescue feverfew fig fir flax forsythia foxglove
freesia fuchsia garlic gentian geranium gladiolus goldenrod gooseberry gorse grape groundsel harebell
hawthorn hazelnut heath hemlock hibiscus hickory hollyhock honeysuckle hop hornbeam horsetail hosta
hydrangea hyssop kale kelp knapweed lantana larch larkspur lavender lemon lettuce lichen lilac lime lobelia
lotus lupin mahogany mallow mandarin mango mangrove maple marigold marjoram meadowsweet medlar melon
milkweed millet mimosa mint mistletoe moss mugwort mulberry mullein mushroom mustard nasturtium nectarine
nettle nutmeg oak oat okra oleander orchid oregano osier palm papaya parsley parsnip peach pear peony
periwinkle persimmon phlox pine pineapple plantain plum pomegranate poplar potato primrose privet pumpkin
quince radish rapeseed raspberry rhododendron rhubarb rowanberry rush rye saffron sagebrush sedge sequoia
sesame shallot sloe snapdragon snowdrop sorrel soybean speedwell spinach spruce squash stonecrop strawberry
sumac sunflower sycamore tamarind tansy tarragon teasel thistle thyme toadflax tomato trefoil tulip tulsi
turmeric turnip valerian vanilla verbena vetch viburnum walnut watercress watermelon wattle wheat willowherb
wintergreen wisteria witchhazel woodruff wormwood yarrow yew yucca zinnia zucchini
"""

PASSING = frozenset(ANIMALS.split()) | frozenset(PLANTS.split())


def passing_words(alias: str) -> list[str]:
    """The animals and plants in an alias, and all of it when there is nothing else."""
    words = alias.split()
    known = [word for word in words if word.lower() in PASSING]
    if len(known) == len(words):
        known.append(alias)
    return known
