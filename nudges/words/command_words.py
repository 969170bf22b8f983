"""Which words are a command to the carrier or to us, and which do people put round them in kindness?"""

import re


def _either(words: str) -> str:
    # The longest first, or "thank you" would leave "you" behind.
    return rf"(?:{'|'.join(sorted(words.split(', '), key=len, reverse=True))})"


def _around(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


_COURTESY = _either(
    "please, pls, plz, plse, thank you, thank u, thanks, thankyou, thx, ta, cheers, sorry, hi, hello, "
    "hey, dear, ok, okay, yes, yeah, yep, x+, now, just, kindly, team, ihelp, immediately, at once, straight away, "
    "right away, right now, asap, for good, forever, again, at all, completely, kind regards, regards, "
    "from you, from now on, i said, i asked you to, i told you to, wrong number, wrong person, "
    "you have the wrong number, you have got the wrong number, youve got the wrong number"
)
_YOU_DO = _either(
    "can you, can u, could you, could u, would you, will you, can we, i want you to, i need you to, "
    "id like you to, i would like you to"
)
_I_WISH = _either("i want to, i wanna, i wish to, id like to, i would like to, want to")
# "I need to stop" may be about a walk and "how do I stop" about tablets; "how do I stop these texts" is not.
_I_ASK = _either("how do i, how can i, can i, could i, may i, i need to, i have to")
_WHICH = _either("all, any, of, the, these, those, this, that, your, my, more, further, daily, weekly")
_NOUN = _either(
    "text messages, text message, texts, text, txts, txt, messages, message, msgs, msg, nudges, nudge, "
    "reminders, reminder, alerts, sms, notifications, updates"
)
_TEXTS = rf"(?:from |with )?(?:{_WHICH} ){{0,4}}(?:{_NOUN}|{_either('sending, texting, txting, messaging')}"
_TEXTS += rf"|{_either('contacting, bothering, getting, receiving')})(?: to me| me| us)?"
# "No, stop" answers the nudge's question and then says stop; nobody writes "no stop" for "go on".
_NO_FIRST = r"(?<!.)(?:no|nope|nah|n)"
_IT = r"(?<=stop )(?:it|this|that|them|these|those)"  # but "I want it to stop" is about the pain

TEXTS_NAMED = _around(_TEXTS)

_UNSUBSCRIBE = _either("unsubscribe, unsubscibe, unsuscribe, unsubcribe, unsub")
STOP = re.compile(rf"stopp*|stooo+p+|stopall|optout|quit|{_UNSUBSCRIBE}")
AROUND_STOP = _around(_TEXTS, _YOU_DO, _I_WISH, _COURTESY, _IT, _NO_FIRST)
# "End it" and "cancel please" are about something else, "cancel the texts" is not.
STOP_TEXTS = re.compile(STOP.pattern + "|end|cancel|revoke")
AROUND_STOP_TEXTS = _around(_TEXTS, _YOU_DO, _I_WISH, _COURTESY, _IT, _NO_FIRST, _I_ASK)

# Only an explicit start undoes a stop (P1): "I want to start" may be about swimming.
START = re.compile(r"start|unstop|resubscribe|optin")
AROUND_START = _around(_TEXTS, _YOU_DO, _COURTESY)
START_TEXTS = re.compile(START.pattern + "|restart|resume|subscribe")
AROUND_START_TEXTS = _around(_TEXTS, _YOU_DO, _I_WISH, _COURTESY)

HELP = re.compile(r"help|info|information|sos")
AROUND_HELP = _around(_YOU_DO, _I_WISH, _COURTESY, "i need", "need", "some", "me", "can someone", "someone")

_NEGATION = _either(
    "dont, dnt, do not, not, never, cant, cannot, wont, wouldnt, shouldnt, couldnt, didnt, doesnt, isnt, "
    "arent, aint, mustnt, neednt, havent, hasnt, without, nor, neither, unless, non"
)
NEGATED_STOP = re.compile(rf"\b{_NEGATION} (?:{STOP_TEXTS.pattern})\b")

_BEFORE = rf"(?:(?:{_COURTESY}|{_YOU_DO}|i|but|and|so|no) )*"
_AFTER = rf"(?: (?:{_COURTESY}|anymore|any more|any longer|ever|no more))*"
# Ways to say stop that hold a negation or no stop at all. They count only as the whole message: "he says
# don't text me any more" is about somebody else.
OBJECTION = re.compile(
    rf"{_BEFORE}(?:no (?:more|further) {_TEXTS}|(?:dont|do not|never) (?:text|txt|message|contact|bother) me"
    rf"|(?:dont|do not) send (?:me )?{_TEXTS}"
    rf"|(?:dont|do not|no longer) (?:want|wish|need) (?:to (?:get|receive|have|be sent) )?{_TEXTS}"
    rf"|(?:take|remove|delete) me (?:off|from) (?:the|this|your) (?:list|service|system|{_NOUN})|remove me"
    rf"|{_UNSUBSCRIBE} me|leave me alone|(?:{_NOUN} |reply )?stop to (?:stop|end)(?: {_TEXTS})?){_AFTER}"
)

_THIS = rf"(?: (?:{_TEXTS}|this|that|it|these|them))?"
WHY = re.compile(
    rf"(?:{_COURTESY} )*(?:why(?: (?:did|do|have|am) i (?:just |still |keep )?"
    rf"(?:get|got|getting|receive|received|receiving|been sent|being sent|sent){_THIS}"
    rf"| (?:did|do|have|are|r) (?:you|u|they) (?:just |keep |still )?"
    rf"(?:send|sent|sending|text|texted|texting|message|messaged|messaging)(?: me| us)?{_THIS}"
    rf"| (?:this|these|that|the) {_NOUN}| this)?"
    rf"|(?:whats|what is|what was) (?:this|that)(?: {_NOUN})? (?:for|about))"
    rf"(?: {_COURTESY})*"
)
