# The desk and the board: what volunteers, supervisors and professionals read.
#
# Keys that begin with say- are handed to the pages' modules, which put in what stands in braces.

desk-name = Wideawake desk
needs-script = This page shows what happens as it happens, and needs JavaScript for that. Please switch it on for this address.

## Coming in

sign-in-title = Sign in
sign-in-text = For volunteers, supervisors and professionals of this line.
sign-in-name = Name
sign-in-password = Password
sign-in-code = Code from your authenticator
sign-in-code-if = (if you have one)
sign-in-send = Sign in
sign-in-lost = No name yet, or the password is lost? Ask whoever manages your line for an invitation.
sign-in-wrong = Name, password or code is not right.
sign-in-code-needed = Name and password are right. Enter the password once more, with the six digits that your authenticator shows.
sign-in-factor-missing = Your role needs a second factor, and you have none. Ask for a new invitation.
sign-in-too-many = Too many tries from here. Wait a few minutes, then try again.
sign-in-organisation-done = You are signed in
sign-in-organisation-goes-on = The desk opens by itself in a moment.
sign-in-organisation-failed = You are not signed in
sign-out = Sign out

## Being invited

invite-title = How you sign in
invite-text = Choose a name and a password for the desk. This link is good once.
invite-for = For { $alias }, until { $until }.
invite-name = Name to sign in with
invite-name-hint = 3 to 40 letters, digits, dots or dashes. Nobody else sees it. Not your e-mail address.
invite-password = Password
invite-password-hint = At least { $shortest } characters. A few words that do not belong together are good.
invite-again = The same once more
invite-factor = Second factor
invite-factor-if = Second factor, if you like
invite-key = Enter this key in an authenticator app:
invite-link = Or open this link on the phone that has one
invite-code = Code that the app shows
invite-send = Set it up
invite-organisation-title = Or without a password
invite-organisation = Use your account at your organisation
invite-organisation-hint = You sign in there, and need no password here.
invite-codes-title = Recovery codes
invite-codes = Keep these where your phone is not. Each is good once, in place of a code, should you lose your authenticator. They are shown this once.
invite-done-title = That is all
invite-done = You can sign in with the name and password you chose. This link is used up.
invite-gone-title = This invitation is over
invite-gone = It was used, replaced by another, or has expired. Ask whoever invited you for a new one. If you used it yourself, sign in with the name and password you chose.
invite-failed = Try again in a moment. Your link is still good.
invite-wrong-name = Name: 3 to 40 letters, digits, dots or dashes, please.
invite-wrong-taken = Name: that one is taken. Please choose another.
invite-wrong-length = Password: it must have { $shortest } to { $longest } characters.
invite-wrong-again = Password: the two are not the same.
invite-wrong-password = Password: please choose another. This one is too much like your name, or in a list of stolen passwords.
invite-wrong-code = Code: that is not the code that the app shows for this key now.

page-foreign-title = Open the link itself
page-foreign = This answer came from another page. Open the link in the message that brought you here, and go on from there.
page-moment = { $time } on { $day } { $month } ({ $zone })

## Being called: the link in a page

answer-took = You took it on at { $when }
answer-took-text = Nobody else is called now. Open the desk to read and to join the conversation.
answer-asked = { $name } asks you to take over
answer-asked-text = Until you do, it stays with them.
answer-take-over = I take over
answer-other = { $name } took it on at { $when }
answer-other-text = There is nothing you have to do. They can hand it over to you.
answer-resolved = { $name } resolved it at { $when }
answer-resolved-text = It is over. There is nothing you have to do.
answer-open = Somebody needs more than a volunteer
answer-open-text = Nobody has taken it on yet. When you do, nobody else is called.
answer-take-on = I take it on
answer-line = Line
answer-priority = Priority
answer-since = Since
answer-called = Called
answer-you = { $name } (you)
answer-unknown-title = This link leads nowhere
answer-unknown = It is not complete, or it is no longer valid. Open it again from the message that called you, all of it. If it still does not work, sign in to the desk: what needs you is listed there. You can also answer a text message with the code in it.
answer-failed = Try again in a moment. Until somebody takes it on, people go on being called: you can also sign in to the desk.

## What cannot be shown

sorry-role-title = This page is not for your role
sorry-role = You are signed in, and this page is for others. If you think you should see it, ask whoever manages your line.
sorry-none-title = There is nothing here
sorry-none = The address leads nowhere, or to something that is not yours to see.
sorry-query-title = That cannot be shown
sorry-query = What was asked for cannot be worked out. Go back and ask for less.
sorry-now-title = That did not work just now
sorry-now = Something that is needed cannot be reached. Try again in a moment.
sorry-desk = To the desk
sorry-sign-in = Sign in as somebody else

nav-name = Pages
nav-desk = Desk
nav-week = My week
nav-board = Board
nav-roster = Roster
nav-coverage = Coverage
nav-waits = Waits
nav-history = Record

role-volunteer = volunteer
role-supervisor = supervisor
role-professional = professional
role-admin = admin

day-mon = Mon
day-tue = Tue
day-wed = Wed
day-thu = Thu
day-fri = Fri
day-sat = Sat
day-sun = Sun

month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
short-date = { $weekday } { $day } { $month }

language-en = English
language-es = Spanish
language-pt = Portuguese
language-fr = French
language-de = German
language-ar = Arabic

## The desk

duty-title = Can you be asked?
duty-ready = Ready
duty-break = Break
duty-off = Off
talks-title = Conversations
offers-title = Offered to you
called-title = You are called
nobody = Nobody is with you at the moment. When somebody needs you, they appear here.
switches-title = Sound and keys
switches-hint = A sound needs one click or key on this page first: browsers ask for that.

say-problem-offline = You are not connected. Nothing is lost: try again in a moment.
say-problem-other = That did not work.
say-problem-unavailable = Something that is needed cannot be reached just now. Try again in a moment.
say-problem-internal = That did not work, and it is our fault. It was noted. Try again.
say-problem-offer-gone = Somebody else was faster, or the time was over.
say-problem-transfer-open = A handover is under way already.
say-problem-already-closed = This conversation has ended.
say-problem-escalation-open = Somebody was called for this conversation, and that is not settled. It can be closed once it is.
say-problem-already-resolved = This is settled already.
say-problem-acknowledged-by-other = Somebody else has taken it on. They can hand it over to you.
say-problem-not-waiting = It is not waiting any more.
say-problem-not-active = Nobody holds it at the moment.
say-problem-conflict = It changed meanwhile. Look again, then decide.
say-problem-not-found = It is not there, or no longer yours.
say-problem-forbidden = That is not for your role.
say-problem-too-many-requests = Too many calls from here. Wait a moment.
say-cancel = Cancel
say-back = Back
say-done = Done.

say-lost = You are not connected.
say-lost-first = Offers to you are taken back after { $offers }; after { $talks } your conversations go to somebody else, and members are told. What you type is kept here.
say-lost-offers = Offers to you were taken back. In { $left } your conversations go to somebody else, and members are told. What you type is kept here.
say-lost-over = By now your conversations have gone to somebody else, and members were told. When you are back, you see how it stands.
say-found = You are connected again.

say-shift-open = You are on shift, all week.
say-shift-ends = Your shift ends at { $at } ({ $zone }), in { $left }.
say-ready-off-shift = You are ready, but not on a shift now: nobody is offered to you.
say-off-shift = You are not on a shift now.
say-not-responding = Two offers in a row were not answered, so you are on a break. Choose Ready when you are back.
say-duty-told-ready = You can be asked.
say-duty-told-break = You are on a break. What you hold stays with you.
say-duty-told-off = You are off. What you hold stays with you.

say-accept = Accept
say-decline = Decline
say-declined = Declined. Somebody else is asked.
say-offer = { $priority } · { $language } · { $line }
say-offer-handover = Handover: { $priority } · { $language } · { $line }
say-offer-topics = They chose: { $topics }
say-offer-left = { $left } left
say-offer-last = The time is over; accepting may still work
say-offer-told = Somebody is offered to you: { $offer }. { $left } left. A accepts, D declines; from a text field, Escape first.
say-title-offer = Offer
say-notify-title = Somebody needs you
say-gone-taken = Somebody else took them.
say-gone-expired = The time was over. Somebody else is asked.
say-gone-duty = Taken back: you are no longer ready.
say-gone-shift-over = Taken back: your shift ends soon.
say-gone-absent = Taken back: your connection was gone.
say-gone-needs-changed = Taken back: they need something else now.
say-gone-left = They left.
say-gone-outranked = Taken back: you may be needed for somebody more urgent.
say-gone-assigned = A supervisor gave them to somebody.
say-gone-declined = Declined.

say-why-me-only = You: of those who are here, only you can take this now.
say-why-me-named = You: a colleague asked for you.
say-why-me-holds-nothing = You: this is imminent, and you hold nothing else.
say-why-me-again = You: you talked with this person before, and they asked for you again.
say-why-me-preferences = You: you know most about what they want to talk about.
say-why-me-scarcity = You: what others can do may be needed for somebody else soon.
say-why-me-load = You: you have more room than others.
say-why-me-waking = You: it is day where you are.
say-why-me-last-offer = You: your last offer is the longest ago.
say-why-me-id = You: nothing told you apart from a colleague.

say-somebody = Somebody
say-you = You
say-said = What was said
say-write-to = Write to { $who }
say-enter = Enter sends, Shift and Enter begins a new line.
say-send = Send
say-sending = sending…
say-sent = sent
say-unsent = not sent yet: goes out when you are connected again
say-aside = Only to the volunteer
say-aside-mark = not seen by the member
say-erased = Erased.
say-unread = { $count } new
say-over = Over
say-line-since = { $line }, since { $since }
say-member-clock = { $clock } where they are
say-returned = back in the queue before: { $count }
say-away = Their connection has been silent since { $since }. They may come back.
say-away-now = Their connection is silent. They may come back.
say-told-message = { $who }: { $text }
say-told-away = { $who }: connection silent
say-told-back = { $who } is back
say-told-priority = { $who }: now { $priority }
say-member-left = They left. The conversation is over.
say-put-away = Put away
say-templates = Words to begin from

say-nudge-first-reply = They wait for a first word from you.
say-nudge-reply = They have waited for an answer for some time.

say-escalate = Call for help
say-escalate-title = Call for help
say-escalate-text = People are called until somebody takes it on. You stay in the conversation.
say-escalate-whom = Whom
say-escalate-reason = Why
say-escalate-hint = Whoever comes reads this. It is not in the call itself.
say-escalate-send = Call now
say-policy-supervisor = A supervisor
say-policy-clinician = A clinician: a life may be in danger
say-escalation-raised = Help was called for. People are being called.
say-escalation-paging = Being called: { $called }.
say-escalation-fallback = Nobody has answered yet. All supervisors are being called: { $called }.
say-escalation-acknowledged = { $by } has taken it on.
say-escalation-hand-over = { $by } asks somebody else to take it over.
say-escalation-reminded = It is not settled yet. Called again: { $called }.
say-escalation-resolved = { $by } has settled it.

say-transfer = Hand over
say-transfer-title = Hand over
say-transfer-text = Somebody else is asked. You keep the conversation until they accept.
say-transfer-note = What they should know
say-transfer-hint = Only whoever takes over reads it.
say-transfer-send = Ask
say-transfer-asked = Somebody else is being asked to take over. Until then they are with you.
say-transfer-done = Somebody else has taken over. Thank you.
say-transfer-failed = Nobody took over: { $reason }. They are still with you.
say-transfer-declined = declined
say-transfer-expired = no answer
say-transfer-nobody = nobody is free
say-transfer-withdrawn = taken back

say-release = Give back
say-release-title = Give back
say-release-text = They go back to waiting and keep their place. They are told that someone else is coming. You will not be asked for them again.
say-release-reason = Why
say-release-send = Give back
say-released-gave-back = You gave them back. Somebody else is asked.
say-released-supervisor = A supervisor gave them to somebody else.
say-released-absent = Your connection was gone for too long. They were told, and somebody else is asked.
say-released-silent = Nothing was written for too long. Somebody else is asked.
say-released-closed = Closed.
say-released-meanwhile = While you were not connected, this conversation went to somebody else or ended.

say-close = Close
say-close-title = Close the conversation
say-close-text = They are told that the conversation is over. Nobody can write in it any more.
say-close-outcome = How it ended
say-close-assessed = I looked at the risk
say-close-must = At this priority it can only be closed once you have.
say-close-note = Note
say-close-hint = For colleagues who answer for this line. It is erased with the conversation.
say-close-send = Close
say-outcome-supported = Supported
say-outcome-referred = Referred elsewhere
say-outcome-escalated = More than a volunteer
say-outcome-no-reply = No reply

say-switch-sound = Sound
say-switch-keys = A and D answer offers
say-switch-notify = Show notifications

say-called-you = You are called: { $priority }
say-called-about = { $priority } · { $policy } · { $line }
say-called-mine = you have taken it on
say-called-other = { $by } has taken it on
say-called-open = nobody has taken it on yet
say-since = since { $since }
say-next-step = Next call in { $left }
say-remind = Called again in { $left }
say-acknowledge = I take it on
say-join-beside = Join the conversation
say-join-holder = Take the conversation over
say-hand-over = Hand over
say-hand-over-title = Hand it over
say-hand-over-text = They are called. Until they take it on, it stays with you.
say-hand-over-whom = To whom
say-resolve = Settle
say-resolve-title = Settle it
say-resolve-text = From then on nobody is called, and the conversation can be closed.
say-resolve-outcome = What came of it
say-resolve-outcome-hint = One word in small letters, such as safe, referred, emergency_services or no_contact.
say-resolve-confirmed = Who confirmed that emergency services made contact
say-resolve-confirmed-hint = Needed when they were called.
say-resolve-note = Note
say-settled-safe = Safe
say-settled-referred = Referred elsewhere
say-settled-emergency-services = Emergency services
say-settled-no-contact = No contact

## Codes in words

say-priority-standard = Standard
say-priority-elevated = Elevated
say-priority-urgent = Urgent
say-priority-imminent = Imminent
say-age-under-18 = under 18
say-age-18-25 = 18 to 25
say-age-over-25 = over 25
say-duty-ready = ready
say-duty-break = on a break
say-duty-off = off
say-from-member = Member
say-from-volunteer = Volunteer
say-from-professional = Professional
say-from-supervisor = Supervisor
say-from-system = Wideawake
say-topic-anxiety = anxiety
say-topic-grief = grief
say-topic-loneliness = loneliness
say-topic-relationships = relationships
say-cause-silent = the volunteer wrote nothing
say-cause-no-reply = no answer to the member
say-cause-away = the member fell silent
say-cause-beyond-holder = more than the volunteer may carry
say-cause-person = somebody asked for it
say-cause-rule = a rule
say-stage-raised = about to call
say-stage-paging = people are being called
say-stage-fallback = nobody answered: all supervisors are being called
say-stage-acknowledged = taken on
say-stage-resolved = settled

## My week

week-title = My week
week-did = This week
week-counted = Hours that count
week-most = At most
week-left = Left
week-conversations = Conversations that came to you
week-capacity = Conversations at once, at most
week-what-counts = What counts is time that is both on shift and ready. A week begins on Monday, 00:00 UTC.
week-no-limit = There is no limit on this line.
week-shifts = The next fourteen days
week-zone = Times in { $zone }.
week-no-shifts = You are not scheduled in the next fourteen days.
week-day = Day
week-from = From
week-to = To
week-leave = Away
week-calendar = My shifts as a calendar
week-calendar-hint = Give this address to your calendar program, and to nobody else: whoever has it can read your shifts.
week-skills = Trained in
week-until = until { $date }
week-lapsed = lapsed

## The board

board-title = Board
board-sum = At a glance
board-ready = Ready
board-talking = Talking
board-escalations = More than a volunteer
board-no-escalations = Nothing is open.
board-waiting = Waiting
board-nobody-waits = Nobody waits.
board-active = Talking now
board-nobody-talks = Nobody talks at the moment.
board-duty = On duty
board-nobody-on-duty = Nobody is on duty.
board-place = Place
board-priority = Priority
board-waits = Waits
board-language = Language
board-line = Line
board-offers = Offers
board-open = Open
board-with = With
board-since = For
board-state = State
board-name = Name
board-load = Holds
board-clock = Local time
board-shift-ends = Shift ends
board-show-more = Show more

say-open = Open
say-open-waiting = Open place { $position }, { $priority }
say-open-active = Open the conversation with { $alias }, { $priority }
say-more = { $count } more
say-longest = longest { $wait }
say-places = free places: { $count }
say-unanswered = no answer for { $since }
say-unanswered-count = without an answer for 2 minutes: { $count }
say-is-away = member silent
say-is-transferred = being handed over
say-absent = { $duty }, not connected
say-load = { $load } of { $capacity }
say-ends-open = all week
say-ends = { $at } (in { $left })
say-on-call = { $rotation }: { $alias }
say-case = { $policy } · { $line }
say-taken-on = { $by } has taken it on
say-told-escalation = Help is called for: { $priority }, { $policy }

say-case-title = One request
say-fact-priority = Priority
say-fact-line = Line
say-fact-language = Language
say-fact-waits = Waits
say-fact-with = With
say-fact-unanswered = Without an answer
say-do-assign = Give it to somebody
say-do-priority = Change the priority
say-do-release = Take it back
say-do-escalate = Call for help
say-do-read = Read the conversation
say-do-decisions = Who was asked, and why
say-do-history = In the record
say-not-on-duty = not on duty
say-assign-text = They get it at once, whatever else they hold. It is recorded under your name.
say-assign-whom = To whom
say-assign-send = Give
say-reason = Why
say-priority-text = It is recorded under your name. Only you can lower it.
say-priority-send = Change
say-release-other = It goes back to waiting and keeps its place. The member is told that someone else is coming.
say-read-text = That you read it, and why, is recorded under your name.
say-read-why = Why
say-read-send = Read
say-read-safety = Somebody may be in danger
say-read-support = To help the volunteer
say-read-complaint = Somebody complained
say-read-review = To see how conversations go
say-nobody-asked = Nobody has been asked yet.
say-exhausted = Everybody who could be asked had been: { $at }.
say-came-open = open
say-came-accepted = accepted
say-came-declined = declined
say-came-expired = no answer
say-came-withdrawn = taken back. { $reason }
say-why-count = { $could } of { $all } could be asked.
say-why-out = { $reason }: { $count }
say-why-them-only = Only { $alias } could take it.
say-why-them-named = { $alias } was named by a person.
say-why-them-holds-nothing = It was imminent, and { $alias } held nothing.
say-why-them-again = { $alias } had talked with this member before.
say-why-them-preferences = { $alias } met more of what was wished for.
say-why-them-scarcity = What { $alias } can do was needed least for others.
say-why-them-load = { $alias } had the most room.
say-why-them-waking = It was day where { $alias } is.
say-why-them-last-offer = { $alias } had waited longest for an offer.
say-why-them-id = Nothing told { $alias } apart from the next.
say-out-language = other languages
say-out-unqualified = not trained for it
say-out-expired = training lapsed
say-out-off-shift = not on shift
say-out-not-ready = not ready
say-out-absent = not connected
say-out-weekly-hours = hours used up
say-out-resting = resting
say-out-holds-imminent = with somebody imminent
say-out-full = no room
say-out-winding-down = shift ends soon
say-out-set-aside = asked before

## Roster, coverage, waits, the record

roster-title = Roster
roster-text = Everybody with their own clock. Open somebody to change their hours.
roster-roles = Roles
roster-languages = Languages
roster-now = On shift
roster-next = Next shift
roster-until = until { $time }
roster-none = none in fourteen days
person-title = Hours of { $name }
person-clock = It is { $clock } where they are ({ $zone }).
person-read-only = You can look at these hours, and not change them.
person-shifts = Shifts
person-shifts-hint = Times on the clock of the zone beside them. An end that is not later than its start is on the next day.
person-leave = Away
person-extra = Extra hours
person-next = The next fourteen days
person-next-hint = A shift can go to somebody else: they get it as extra hours, and this person is away for it.

say-day-mon = Mon
say-day-tue = Tue
say-day-wed = Wed
say-day-thu = Thu
say-day-fri = Fri
say-day-sat = Sat
say-day-sun = Sun
say-days = Days
say-shift = A shift
say-date = Date
say-start = From
say-end = To
say-zone = Time zone
say-from = First day
say-until = Last day
say-add = Add
say-add-weekly = Add a weekly shift
say-add-once = Add a single shift
say-remove = Remove
say-remove-entry = Remove { $start } to { $end }
say-removed = Removed.
say-save = Save the shifts
say-saved = Saved.
say-no-days = Choose at least one day for each weekly shift.
say-no-shifts = There are no shifts yet.
say-no-next = Nothing in the next fourteen days.
say-give = Give
say-give-whom = Give the shift { $shift } to
say-give-nobody = Give to…
say-given = { $name } has it now.

coverage-title = Coverage
coverage-text = How many volunteers are scheduled at the least in each hour of the next fourteen days.
coverage-choices = What is counted
coverage-people = Everybody
coverage-hours =
    { $hours ->
        [one] { $hours } hour without anybody
       *[other] { $hours } hours without anybody
    }
coverage-none = no gap
coverage-past = over
coverage-legend = A hatched 0 is an hour without anybody. The darker, the more people.
coverage-gaps = Gaps
coverage-no-gaps = There is always somebody.
coverage-more =
    { $count ->
        [one] { $count } more gap
       *[other] { $count } more gaps
    }

waits-title = Waits
waits-text = The last seven days, as they were. A wait begins when somebody asks and ends when somebody takes their request. Those who left before that are shown beside it.
waits-nobody = Nobody asked in these days.
waits-no-plot = Nobody was answered in these days.
waits-wait = Until somebody came
waits-word = From then to the first word
waits-wait-short = Until somebody came
waits-word-short = To the first word
waits-beside = The figures are in the table below.
waits-figures = figures, in minutes and seconds
waits-asked = Asked
waits-half = half
waits-nine = 9 in 10
waits-longest = longest
waits-left = Left before
waits-count = how many
waits-still = Wait still
waits-minutes = minutes

history-title = The record
history-text = What happened to one request, escalation, colleague or rotation, in order. What anybody wrote is not shown.
history-of = Of what
history-of-hint = Kind and id, such as request:0198c0de-0000-7000-8000-000000000000. Kinds: request, escalation, staff, duty, session, rotation.
history-show = Show
history-wrong = There is no such thing, or it is not yours to see.
history-events = Events
history-member = member
history-next = The next ones
