# What members read. Short, kind, honest, never cheerful. Whoever reads it may be in a bad state, on a small screen, at night.

## The frame

page-title = Talk with someone
leave = Leave quickly
leave-hint = Or press Esc three times.
language-choice = Language
language-go = Change

## The first page

start-heading = You can talk with someone here
start-lead = Write what is going on, as much or as little as you like. A trained volunteer reads it and answers. Nobody needs to know who you are.
start-message = What is on your mind?
start-message-hint = You can also leave this empty and begin when someone is there.
start-line = Who do you want to talk with?
start-speak = Language to talk in
start-more = More about you, if you like
start-more-hint = None of this is needed. It helps us to find the right person.
start-alias = What should we call you?
start-alias-hint = Any name will do. Better not your real one.
start-age = How old are you?
start-age-none = I would rather not say
age-under_18 = Under 18
age-18_25 = 18 to 25
age-over_25 = Over 25
start-topics = What is it about?
start-questions = Six questions about your safety, if you like
start-questions-hint = You need not answer them. Your answers decide how soon someone comes, and nothing else. They are kept sealed, as everything you write.
start-yes = Yes
start-no = No
question-q1 = In the past month, have you wished you were dead, or wished you could fall asleep and not wake up?
question-q2 = In the past month, have you had thoughts of killing yourself?
question-q3 = Have you thought about how you might do it?
question-q4 = Have you had these thoughts and meant, at least a little, to act on them?
question-q5 = Have you begun to work out, or worked out, how you would kill yourself, and do you mean to carry it out?
question-q6 = Have you ever done anything, begun anything, or prepared anything to end your life?
question-q6_recent = Was that in the past three months?
question-intent_now = Do you mean to do it now?
start-go = Ask for someone
start-go-hint = What you write is encrypted. You can have it erased at any time.
start-going = Asking for someone …
start-back = You have a conversation here already.
start-back-go = Go back to it

## Whom else to call

others-heading = Others you can turn to now
others-emergency = If your life is in danger, call
others-country = Country
others-country-none = Anywhere
others-show = Show
others-call = Call { $number }
others-text = Text { $number }
others-page = Website
others-hours = When: { $hours }

## Waiting

wait-heading = We are looking for someone for you
wait-place = Your place in line: { $place }
wait-next = You are next.
wait-range = Usually it takes { $low } to { $high } minutes from here.
wait-upto = Usually it takes up to { $high } minutes from here.
wait-soon = Usually it takes less than a minute from here.
wait-unknown = We cannot say how long it will take.
wait-meanwhile = Whoever is on duty is asked, one after the other, and your place stays yours. You can write already: whoever comes reads it first. You can close this page and come back for as long as this browser stays open; if you are away for long, we stop looking.
wait-refresh = This page looks for news every ten seconds.

## Talking

talk-heading = Your conversation
talk-with = You are talking with { $name }
talk-someone = Someone is there for you
talk-empty = Nothing has been written yet.
talk-you = You
talk-volunteer = Volunteer
talk-professional = Professional
talk-supervisor = Supervisor
talk-system = Wideawake
talk-write = Your message
talk-send = Send
talk-write-link = Write something
talk-write-hint = This page stays as it is while you write.
talk-back = Back, without writing
talk-keys = Enter sends, Shift and Enter begins a new line.
talk-typing = They are writing to you …
talk-too-long = That is too long for one message: at most 4,000 characters. Please send it in parts.
talk-at = at { $time }
state-sending = Sending …
state-sent = Sent
state-kept = Not sent yet. It is kept in this tab and goes out once, as soon as it can.
state-refused = This could not be sent.
net-lost = The connection is gone. We keep trying. What you write is kept in this tab and sent once.
net-down = We cannot be reached at the moment. What you write is kept in this tab and sent once, as soon as we can be reached.
net-back = The connection is back.
news-from = { $who } wrote: { $text }
news-active = Someone is there for you now.

## The end

over-heading = This conversation has ended
over-closed = Thank you for writing to us. If it gets hard again, you can come back at any hour, as often as you need.
over-left = You left this conversation.
over-abandoned = We did not hear from you for a while, so we stopped looking for someone. You can ask again whenever you like. You lose nothing by it.
over-barred = A supervisor ended this conversation and asks you to turn elsewhere for a while. The services listed here are there for you. If your life is in danger, call the emergency number, or write to us that it is: then you are always let in.
over-erased = Everything you wrote has been erased. Nobody can read it any more, and neither can we.
over-erasing = What you wrote is being erased. Others are still looking after your safety; it is gone for good when they are done, within three days at most.
over-kept = What you wrote is kept, encrypted, until { $date }. Then it is erased.
over-kept-long = What you wrote is kept, encrypted, until you have it erased.
over-export = Save a copy of what was said
over-erase = Erase what was said
over-erase-hint = It cannot be brought back.
over-again = Ask for someone again
over-forget = Close this conversation on this device

## When something does not work

trouble-heading = That did not work just now
trouble-down = We cannot be reached at the moment. It is not your fault. What you typed is still here; please try again in a moment. Until then, these can be reached.
trouble-away = We cannot be reached at the moment. It is not your fault. Please try again in a moment. Until then, these can be reached.
trouble-busy = Very many people are asking at once. What you typed is still here; please try again in half a minute. Until then, these can be reached.
trouble-retry = What you typed is still here, and nothing is sent twice. We try again by ourselves.
trouble-wrong = Something in the form could not be taken. Please look at it once more.
trouble-foreign = This form was sent from another page, so nothing was done.
trouble-again = Try again
trouble-home = To the first page

## Lines and topics. A name that is not here is shown as it is configured.

line-night = Night line
line-youth = Youth line
topic-abuse = Abuse
topic-anxiety = Anxiety
topic-depression = Depression
topic-eating = Eating
topic-family = Family
topic-grief = Grief
topic-loneliness = Loneliness
topic-relationships = Relationships
topic-school = School
topic-self-harm = Self-harm
topic-sleep = Sleep
topic-substances = Alcohol or drugs
topic-suicide = Thoughts of suicide
topic-work = Work

## What Wideawake itself says in a conversation

# Whoever held the request no longer does.
said-released = The person you were talking with had to go. Someone else is coming, and you keep your place.
# Nobody of the line speaks the member's language.
said-unserved = At the moment nobody on this line speaks your language, so we cannot say how long this will take. You keep your place. If you need someone now, please try one of the services listed here.
# A supervisor ended the conversation for cause.
said-barred = This conversation was ended by a supervisor, who asks you to turn elsewhere for a while. The services listed here are there for you. If your life is in danger, call the emergency number, or say so here: then you are always let in.
