"""Which phrases sound urgent? DRAFT, not approved by a Clinical Safety Officer; a change moves LIST_VERSION.

How a clinician reads the lists, in which ";" parts the phrases:
  kill/hurt   either word            numb*   any word that begins so      pass_water   words standing together
  ..          up to five words here  (all)   a word that may be missing   <below>      any word of that group
Words stand in small letters without apostrophes, spelled as on the left of SPELLINGS.

Left out on purpose, since a pain service would raise them every day and a person reads every text anyway:
"killing me" on its own, "I can't do it", "make it stop", "out of breath", pain in an arm or in both legs, an
arm that cannot be lifted, numbness down one side of a limb, run out of tablets, fever, weight loss, a fall.
"""

LIST_VERSION = "draft-1"

# Left of the colon: the spelling used in the lists. Right of it: what is read as if it were that.
SPELLINGS = """
cant: cannot, can not, couldnt, could not, unable to, not able to, can no longer, can hardly, can barely
cant: carnt, cudnt, cant even, cant seem to, cant really
dont: do not, didnt, did not, doesnt, does not, dnt, dont even, dont really
im: i am, iam
you: u
want to: wanna, wanted to, wants to, want too, wanting to, would like to, want 2
going to: gonna, gunna, gona, goin to, about to
anymore: any more, any longer, no more, much longer
myself: my self, me self, meself, mysel, myslef, mysef, myselves
suicidal: sucidal, suisidal, suicidle, suicial, suacidal, sucide, suiside, suacide, sueside
self harm: selfharm, self arm, selfharming, selfharmed
overdose: over dose, over dosed, over dosing, overdoze, ovadose, ova dose, overdoes
breathe: breath, breeth, breave, breathing, breething, breathin
tablets: tablet, tabs, tablits, tabletts, pils, capsules
numb: num, numn, nunb
pins and needles: pins n needles, pins needles, pin and needles, pins and needels
toilet: loo, bathroom, lavatory, toliet
cauda equina: caudaequina, corda equina, cauda equine, quada equina, corda equine
unconscious: unconcious, unconsious, unconcsious
a and e: a e, ane, accident and emergency
# Harmless words that would otherwise be taken for a sign: "numb at the bottom of my back".
base of: bottom of, bottom part of
pad of: ball of, balls of
relaxation: breathing exercise, breathing exercises, breathing technique, breathing techniques, breath work
relaxation: breathing app
quit smoking: give up smoking, giving up smoking, give up the fags, give up drinking, give up sugar
"""

WORD_GROUPS = """
self: myself/himself/herself/themselves/themself/yourself/ourselves
kill: kill*/hang/hanging/drown/drowning/shoot/shooting/strangle/poison/poisoning/burning
harm: harm*/hurt/hurting/cut/cutting/injure/injuring/stab/stabbing/punish/punishing
they: he/she/they/husband/wife/partner/boyfriend/girlfriend/son/daughter/dad/father/mum/mother/brother
they: sister/grandson/ex/uncle/nephew/carer/neighbour/someone/somebody/man/woman/bloke/lad
pills: tablets/pills/painkillers/medication/medicine/meds/patches/morphine/oramorph/oxycodone/fentanyl
pills: codeine/co_codamol/cocodamol/dihydrocodeine/tramadol/paracetamol/ibuprofen/pregabalin/gabapentin
pills: amitriptyline/diazepam/insulin/zapain
took: took/take/taken/taking/swallowed/swallow/swallowing/necked/downed
below: bum/bottom/bumhole/buttock*/backside/arse*/ass/anus/rectum/back_passage/groin/crotch/genital*
below: private_parts/privates/vagina*/vulva/penis/willy/testic*/balls/scrotum/perineum/saddle_area
below: down_below/down_there/undercarriage/when_i_wipe/between_my_legs/between_the_legs/inner_thigh*
below: inside_thigh*/inside_my_thigh*/inside_of_my_thigh*/front_bottom
numb: numb*/tingl*/pins_and_needles/no_feeling/no_sensation/cant_feel/dont_feel/dead/altered/less_feeling
numb: lost_feeling/lost_all_feeling/lost_sensation/loss_of_feeling/loss_of_sensation/losing_feeling
numb: weird_feeling/strange_feeling/funny_feeling/feels_weird/feels_strange/feels_funny/feels_different
wee: wee/pee/piss/urine/urinate/my_water/my_waters/poo/poop/bladder/bowel*/toilet
weeing: wee/weeing/pee/peeing/urinate/urinating/piss/pissing/poo/pooing/pass_water/passing_water/pass_urine
weeing: passing_urine/open_my_bowels/go_to_the_toilet/going_to_the_toilet/empty_my_bladder
weeing: emptying_my_bladder
weak: weak*/numb*/tingl*/pins_and_needles/gone/giving_way/give_way/gave_way/given_way/jelly/collaps*/buckl*
weak: dead/sciatica/cant_feel/cant_move/no_feeling/stopped_working/not_working
"""

CRISIS = """
# Suicide and self-harm
suicid*; <kill> <self>; <harm> <self>; self harm*; self injur*; unalive; top/topping myself; noose
slit/slitting/cut my wrists; end/ending/ended it all; want/going to end it
end/ending it now/tonight/today/tomorrow; end/ending things; life to end
end/ending/finish/take/taking/took my/this/own (own) life; do/doing something stupid/silly
jump/jumping off/from/under/in_front; in front of a/the train/bus/lorry; under a/the train/bus/lorry
want to (just) die; wanting to die; want to be dead; ready to die; going to die; rather (just) die
rather be dead; deserve to die; hope i die; let me die; could just die; feel/feels like dying
feel/feels like im dying; feel like ending; wish i was/were (just/already) dead/gone/never_born
wish i wasnt/werent here/alive/born; wish i had/could never/die/disappear; wish id never; wish i would die
better off dead; better (off) without me; miss me if i; better if i wasnt/werent/was here/gone/dead
no_one/nobody would/will miss me; dont want to live/exist/die; dont want to wake up
dont want to be here/alive/around; dont want to go/carry on; dont want this/my life
dont see the/a/any/no point/future; cant go/carry on; cant keep going; cant keep doing this
cant do this/it anymore; cant take it/this/anymore; cant take the/this pain anymore
cant stand it/this/the_pain anymore; cant bear it/this/the_pain anymore; cant live like this
cant live with this/the; cant face another/tomorrow/life/living; cant cope; not coping
cant see a/any/the way/point/future/end; no point (in) living/life/anymore/going_on/carrying_on
point in/of living/life/going_on/carrying_on/me; whats the point anymore
no reason to live/go_on/carry_on/be_here; nothing (left) to live; nothing left for me; not/isnt worth living
life is over; life is/isnt/aint (not) worth; sick/tired of living/life/being_alive
had enough of life/living/everything; given up on life; give/giving up on life; want to give up; no way out
no hope; feel/feeling/im (so/completely/totally) hopeless/worthless; im/being a burden
burden to/on everyone/everybody/my/them/people; want it/this/everything/life (all) to end/be_over
want it/this/everything all to stop; make it all stop; never wake up; hope/wish/if i/to dont wake
sleep and dont wake; dark thoughts/place; bad/intrusive thoughts; say/saying/said/final/last (my) goodbye*
goodbye everyone/everybody/all/world/note/letter; rock bottom; samaritans; in crisis; crisis team
mental health crisis; having/had a breakdown; nervous breakdown; just/please/someone kill me; kill me now
going to kill me; saving/saved/stash* (up) .. <pills>
# Not safe, and abuse
not safe; isnt safe; dont feel safe; unsafe; safe at home; keep me/myself safe; in danger
<they> (is/keeps) hurt/hurts/hurting me
<they> .. hit/hits/hitting/beat/beats/beating/punches/kicks/slaps/choked/chokes me
<they> .. grabbed/forced/forces/controls/touched/touches me
punched/kicked/slapped/beats/beating me; being hit/beaten/hurt; beat me up; strangl*; domestic violence
abuse/abused/abusing/abuser; abusive; <they> .. violent; gets violent; rape/raped/raping; sexual* assault*
assaulted; threaten*; scared/afraid/frightened/terrified of him/her/them
scared/afraid/frightened/terrified of my <they>; scared/afraid/frightened at home
scared/afraid/frightened to be/go home; scared/afraid/frightened for my life
wont let me leave/out/go_out/eat; locked me in/out/up
# Harm to somebody else
kill/killing/hurt/hurting/harm/stab him/her/them/someone/somebody/everyone/people
kill/hurt/harm .. baby/kids/children
"""

CAUDA_EQUINA = """
cauda equina; <numb> .. <below>; <below> .. <numb>; saddle numb*/anaesthesia/anesthesia
cant feel .. wipe/wiping/toilet_paper; cant feel (myself) weeing/peeing/going
cant feel/tell (when/if) i/im/my .. <wee>; cant feel/tell .. <weeing>; cant <weeing>
cant have/do/go_for/start (a/my/to) <weeing>; cant pass any urine/water; cant go .. toilet/wee/pee
cant hold/control/stop .. <wee>; cant hold/stop .. <weeing>
trouble/difficult*/struggl*/hard/harder/problem* .. <weeing>; strain* to <weeing>
dont know/feel (when/if) i/im/ive .. <wee>; dont know/feel .. <weeing>
no/lost/losing/lose/loss .. control .. <wee>; <wee> .. control
lost/losing/lose control down_below/down_there; no urge/feeling .. <wee>; leak* .. <wee>; <wee> .. leak*
leak* down_below/down_there
bladder/bowel*/waterworks .. working/numb*/weak*/gone/stopped/trouble/problem*/worse
bladder/bowel*/waterworks .. full/empty/accident*/changed
problem*/trouble .. bladder/bowel*/waterworks; incontinen*; urinary retention; leak/leaking/leaked myself
wet/wetting/soil*/messed/messing/peed/pissed/pooed/pooped/shat/weed/wee/weeing/pooing <self>
wet/wetting/soil*/peed/pooed/pooped (in) the/my bed/pants/trousers/knickers/chair; toilet accident*
accident* .. toilet; wee/pee/poo/accident* in my/the bed/pants/trousers/knickers
dont make/get (it) to the toilet; cant get to the toilet; toilet in time; erection*; erectile; ejaculat*
orgasm*; impoten*; sex .. <numb>; <numb> .. sex; both (of) (my) legs .. <weak>
<weak> .. both (of) (my) legs; sciatica .. both; both sides .. sciatica; sciatica down both
both (of) (my) feet .. numb*/dead/cant_feel; cant feel (both/either/of) (of) my legs/feet
no feeling in (both) (my) legs/feet
legs (are/have/feel/feeling/just/keep/kept/went/gone) (gone/going/so/very/really/all) weak*/numb*/jelly/dead
legs .. giving_way/gave_way/give_way/given_way/buckl*; numb/weak legs; weak*/numb* in (both) my legs
cant move my legs/feet; paraly*; foot drop*; dropped foot
"""

EMERGENCY = """
# Heart and breathing
chest pain*/hurt*/tight*/infection; chest .. pain*/hurt*/tight*/crush*/heavy/pressure
pain*/tight*/pressure/crush*/heavy/ache .. chest; heart attack; cardiac arrest; angina
heart (is/was/keeps) stopping/racing/pounding/stopped; asthma attack
cant (get/catch/take/draw) (my/a/any/enough) breathe
breathe (is/was/really/very/so/has/gone) slow*/shallow/fast/bad/difficult/stopped
struggl*/hard/harder/difficult*/trouble/problem* (to/with/for/in/getting/catching) (my) breathe
slow*/shallow breathe; short/shortness of breathe; breathless*; gasping; choking
not/stopped/stop/barely breathe; having/fighting (to) breathe
# Stroke
a stroke; mini stroke; stroke symptom*/sign*; tia; face/mouth .. droop*/dropped/lopsided/numb*
droop*/numb* (in) (my) face/mouth; slur*; cant speak/talk/see; cant get (my) words out
one/whole/left/right side .. face/body; down (all) one side; sudden* .. weak*/numb*/blind/confus*/headache
worst headache; thunderclap; lost/losing/loss (of) (my) sight/vision/speech; gone blind
# Overdose, accidental ones among them
overdos*; an/my od; oded; <took> (far/way/a_bit) too/to many/much; <took> .. too/to many/much <pills>
had too/to many/much <pills>; too many/much (of) (my/the) <pills>
<took> (nearly/almost) all (of) (my/the/them/those/his/her) <pills>; <took> them all
<took> (all) the/of_the lot; <took> .. whole/full/entire packet/pack/box/bottle/strip/lot
double/doubled .. dose*; twice the dose*; <took> (a/an/my/the) double/extra/wrong/both dose*
<took> .. twice as many/much; <took> it/them twice
<took> more than i_should/i_meant/im/prescribed/allowed/usual/normal/the; <took> someone/somebody elses
<took> .. bleach/poison; <pills> .. alcohol/vodka/whisky/whiskey/wine/gin
alcohol/vodka/whisky/whiskey/wine/gin .. <pills>; poisoned
so/too/very/really/extremely/unusually sleepy/drowsy/drowzy; sleepy and confused; cant stay awake
cant keep .. awake; cant keep .. eyes open; cant/wont wake; cant be woken; hard to wake
keep/keeps falling_asleep/nodding_off; pin_point/pinpoint/tiny pupils; blue lips; lips .. blue
turning/going/gone blue; hallucinat*; very/suddenly confused; unconscious; unresponsive; not responding
pass/passed/passing out; blacked/blacking out; blackout*; collapsed; faint/fainted/fainting; seizure*
convuls*; having/had/have a fit
# Bleeding, allergy, sepsis, injury, pregnancy
vomit*/cough*/throw*/spit*/sick .. blood; blood in (my/the) .. vomit/sick/poo/stool*/wee/urine/pee
black stool*/poo; tarry; bleed* .. stop; stop .. bleed*; bleed* (very/really/so) heav*/bad*
heavy/severe/bad bleed*; lost/losing a_lot_of/lots_of/loads_of blood; allergic reaction; anaphyla*
throat/tongue/face/lips .. clos*/swell*/swoll*; swell*/swollen throat/tongue/face/lips; sepsis; septic
meningitis; rigors; rash .. fade; car crash/accident; hit by a car/bus/lorry/van; run over
fell/fallen/fall .. cant get up; fell/fallen .. down the stairs; on the floor .. cant; hit my head
head injury; broke/broken my neck/back/hip; pregnan*; miscarr*
# Help is being asked for
ambulance*; call/called/calling/ring/rang/phone/phoned/dial/dialled/need 999/111; 999; emergency
a and e; in/to casualty; going to die; think im dying; life or death; life threatening
"""
