# The desk and the board: what volunteers, supervisors and professionals read.

desk-name = Wideawake-Arbeitsplatz
needs-script = Diese Seite zeigt, was gerade geschieht, und braucht dafür JavaScript. Bitte schalte es für diese Adresse ein.

## Coming in

sign-in-title = Anmelden
sign-in-text = Für Ehrenamtliche, Aufsicht und Fachleute dieser Linie.
sign-in-name = Name
sign-in-password = Passwort
sign-in-code = Code aus deinem Authenticator
sign-in-code-if = (wenn du einen hast)
sign-in-send = Anmelden
sign-in-lost = Noch kein Name, oder Passwort verloren? Bitte die Leitung deiner Linie um eine Einladung.
sign-in-wrong = Name, Passwort oder Code stimmt nicht.
sign-in-code-needed = Name und Passwort stimmen. Gib das Passwort noch einmal ein, mit den sechs Ziffern aus deinem Authenticator.
sign-in-factor-missing = Deine Rolle braucht einen zweiten Faktor, und du hast keinen. Bitte um eine neue Einladung.
sign-in-too-many = Zu viele Versuche von hier. Warte ein paar Minuten und versuche es dann noch einmal.
sign-in-organisation-done = Du bist angemeldet
sign-in-organisation-goes-on = Der Arbeitsplatz öffnet sich gleich von selbst.
sign-in-organisation-failed = Du bist nicht angemeldet
sign-out = Abmelden

## Being invited

invite-title = Wie du dich anmeldest
invite-text = Wähle einen Namen und ein Passwort für den Arbeitsplatz. Dieser Link gilt einmal.
invite-for = Für { $alias }, bis { $until }.
invite-name = Name zum Anmelden
invite-name-hint = 3 bis 40 Buchstaben, Ziffern, Punkte oder Bindestriche. Niemand sonst sieht ihn. Nicht deine E-Mail-Adresse.
invite-password = Passwort
invite-password-hint = Mindestens { $shortest } Zeichen. Ein paar Wörter, die nicht zusammengehören, sind gut.
invite-again = Noch einmal dasselbe
invite-factor = Zweiter Faktor
invite-factor-if = Zweiter Faktor, wenn du magst
invite-key = Gib diesen Schlüssel in einer Authenticator-App ein:
invite-link = Oder öffne diesen Link auf dem Telefon, das eine hat
invite-code = Code, den die App zeigt
invite-send = Einrichten
invite-organisation-title = Oder ohne Passwort
invite-organisation = Nimm das Konto bei deiner Organisation
invite-organisation-hint = Du meldest dich dort an und brauchst hier kein Passwort.
invite-codes-title = Codes für den Notfall
invite-codes = Bewahre sie dort auf, wo dein Telefon nicht ist. Jeder gilt einmal an Stelle eines Codes, falls du deinen Authenticator verlierst. Sie werden nur dieses eine Mal gezeigt.
invite-done-title = Das ist alles
invite-done = Du kannst dich mit dem Namen und dem Passwort anmelden, die du gewählt hast. Dieser Link ist verbraucht.
invite-gone-title = Diese Einladung gilt nicht mehr
invite-gone = Sie wurde benutzt, durch eine andere ersetzt oder ist abgelaufen. Bitte, wer dich eingeladen hat, um eine neue. Hast du sie selbst benutzt, melde dich mit dem Namen und dem Passwort an, die du gewählt hast.
invite-failed = Versuche es gleich noch einmal. Dein Link gilt weiter.
invite-wrong-name = Name: bitte 3 bis 40 Buchstaben, Ziffern, Punkte oder Bindestriche.
invite-wrong-taken = Name: diesen gibt es schon. Bitte wähle einen anderen.
invite-wrong-length = Passwort: es muss { $shortest } bis { $longest } Zeichen haben.
invite-wrong-again = Passwort: die beiden sind nicht gleich.
invite-wrong-password = Passwort: bitte wähle ein anderes. Dieses gleicht zu sehr deinem Namen oder steht in einer Liste gestohlener Passwörter.
invite-wrong-code = Code: das ist nicht der Code, den die App jetzt für diesen Schlüssel zeigt.

page-foreign-title = Öffne den Link selbst
page-foreign = Diese Antwort kam von einer anderen Seite. Öffne den Link in der Nachricht, die dich hergebracht hat, und mach von dort weiter.
page-moment = { $time } am { $day }. { $month } ({ $zone })

## Being called: the link in a page

answer-took = Du hast es um { $when } übernommen
answer-took-text = Niemand sonst wird jetzt gerufen. Öffne den Arbeitsplatz, um zu lesen und dazuzukommen.
answer-asked = { $name } bittet dich zu übernehmen
answer-asked-text = Bis dahin bleibt es dort.
answer-take-over = Ich übernehme
answer-other = { $name } hat es um { $when } übernommen
answer-other-text = Du musst nichts tun. Es kann dir noch übergeben werden.
answer-resolved = { $name } hat es um { $when } abgeschlossen
answer-resolved-text = Es ist vorbei. Du musst nichts tun.
answer-open = Jemand braucht mehr als Ehrenamtliche
answer-open-text = Noch hat es niemand übernommen. Sobald du es tust, wird niemand sonst gerufen.
answer-take-on = Ich übernehme es
answer-line = Linie
answer-priority = Dringlichkeit
answer-since = Seit
answer-called = Gerufen
answer-you = { $name } (du)
answer-unknown-title = Dieser Link führt nirgendwohin
answer-unknown = Er ist nicht vollständig oder gilt nicht mehr. Öffne ihn noch einmal aus der Nachricht, die dich gerufen hat, und zwar ganz. Geht es immer noch nicht, melde dich am Arbeitsplatz an: dort steht, was dich braucht. Auf eine SMS kannst du auch mit dem Code darin antworten.
answer-failed = Versuche es gleich noch einmal. Bis es jemand übernimmt, werden weiter Leute gerufen: du kannst dich auch am Arbeitsplatz anmelden.

## What cannot be shown

sorry-role-title = Diese Seite ist nicht für deine Rolle
sorry-role = Du bist angemeldet, und diese Seite ist für andere. Wenn du meinst, dass du sie sehen solltest, frag die Leitung deiner Linie.
sorry-none-title = Hier ist nichts
sorry-none = Die Adresse führt nirgendwohin, oder zu etwas, das du nicht sehen darfst.
sorry-query-title = Das lässt sich nicht zeigen
sorry-query = Was verlangt wurde, lässt sich nicht ausrechnen. Geh zurück und verlange weniger.
sorry-now-title = Das hat gerade nicht geklappt
sorry-now = Etwas, das gebraucht wird, ist nicht erreichbar. Versuche es gleich noch einmal.
sorry-desk = Zum Arbeitsplatz
sorry-sign-in = Als jemand anderes anmelden

nav-name = Seiten
nav-desk = Arbeitsplatz
nav-week = Meine Woche
nav-board = Übersicht
nav-roster = Dienstplan
nav-coverage = Abdeckung
nav-waits = Wartezeiten
nav-history = Protokoll

role-volunteer = ehrenamtlich
role-supervisor = Aufsicht
role-professional = Fachperson
role-admin = Verwaltung

day-mon = Mo
day-tue = Di
day-wed = Mi
day-thu = Do
day-fri = Fr
day-sat = Sa
day-sun = So

month-1 = Jan
month-2 = Feb
month-3 = März
month-4 = Apr
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = Aug
month-9 = Sept
month-10 = Okt
month-11 = Nov
month-12 = Dez
short-date = { $weekday } { $day }. { $month }

language-en = Englisch
language-es = Spanisch
language-pt = Portugiesisch
language-fr = Französisch
language-de = Deutsch
language-ar = Arabisch

## The desk

duty-title = Können wir dich fragen?
duty-ready = Bereit
duty-break = Pause
duty-off = Aus
talks-title = Gespräche
offers-title = Dir angeboten
called-title = Du wirst gerufen
nobody = Gerade ist niemand bei dir. Wenn dich jemand braucht, erscheint es hier.
switches-title = Ton und Tasten
switches-hint = Ein Ton braucht vorher einen Klick oder eine Taste auf dieser Seite: Browser verlangen das.

say-problem-offline = Du bist nicht verbunden. Nichts ist verloren: versuche es gleich noch einmal.
say-problem-other = Das hat nicht geklappt.
say-problem-unavailable = Etwas, das gebraucht wird, ist gerade nicht erreichbar. Versuche es gleich noch einmal.
say-problem-internal = Das hat nicht geklappt, und es liegt an uns. Es wurde vermerkt. Versuche es noch einmal.
say-problem-offer-gone = Jemand anderes war schneller, oder die Zeit war um.
say-problem-transfer-open = Eine Übergabe läuft schon.
say-problem-already-closed = Dieses Gespräch ist zu Ende.
say-problem-escalation-open = Für dieses Gespräch wurde jemand gerufen, und das ist nicht erledigt. Es lässt sich schließen, sobald es das ist.
say-problem-already-resolved = Das ist schon erledigt.
say-problem-acknowledged-by-other = Jemand anderes hat es übernommen, und kann es dir übergeben.
say-problem-not-waiting = Es wartet nicht mehr.
say-problem-not-active = Im Moment hat es niemand.
say-problem-conflict = Es hat sich inzwischen geändert. Sieh noch einmal hin und entscheide dann.
say-problem-not-found = Es ist nicht da, oder nicht mehr bei dir.
say-problem-forbidden = Das ist nicht für deine Rolle.
say-problem-too-many-requests = Zu viele Aufrufe von hier. Warte einen Moment.
say-cancel = Abbrechen
say-back = Zurück
say-done = Erledigt.

say-lost = Du bist nicht verbunden.
say-lost-first = Angebote an dich werden nach { $offers } zurückgenommen; nach { $talks } gehen deine Gespräche an andere, und die Menschen erfahren es. Was du schreibst, bleibt hier.
say-lost-offers = Angebote an dich wurden zurückgenommen. In { $left } gehen deine Gespräche an andere, und die Menschen erfahren es. Was du schreibst, bleibt hier.
say-lost-over = Deine Gespräche sind inzwischen an andere gegangen, und die Menschen haben es erfahren. Sobald du zurück bist, siehst du, wie es steht.
say-found = Du bist wieder verbunden.

say-shift-open = Du bist im Dienst, die ganze Woche.
say-shift-ends = Deine Schicht endet um { $at } ({ $zone }), in { $left }.
say-ready-off-shift = Du bist bereit, aber gerade nicht in einer Schicht: dir wird niemand angeboten.
say-off-shift = Du bist gerade nicht in einer Schicht.
say-not-responding = Zwei Angebote hintereinander blieben ohne Antwort, darum bist du in der Pause. Wähle Bereit, wenn du zurück bist.
say-duty-told-ready = Du kannst gefragt werden.
say-duty-told-break = Du machst Pause. Wer bei dir ist, bleibt bei dir.
say-duty-told-off = Du bist nicht im Dienst. Wer bei dir ist, bleibt bei dir.

say-accept = Annehmen
say-decline = Ablehnen
say-declined = Abgelehnt. Jemand anderes wird gefragt.
say-offer = { $priority } · { $language } · { $line }
say-offer-handover = Übergabe: { $priority } · { $language } · { $line }
say-offer-topics = Gewählt: { $topics }
say-offer-left = noch { $left }
say-offer-last = Die Zeit ist um; Annehmen geht vielleicht noch
say-offer-told = Jemand wird dir angeboten: { $offer }. Noch { $left }. A nimmt an, D lehnt ab; aus einem Textfeld zuerst Escape.
say-title-offer = Angebot
say-notify-title = Jemand braucht dich
say-gone-taken = Jemand anderes hat übernommen.
say-gone-expired = Die Zeit war um. Jemand anderes wird gefragt.
say-gone-duty = Zurückgenommen: du bist nicht mehr bereit.
say-gone-shift-over = Zurückgenommen: deine Schicht endet bald.
say-gone-absent = Zurückgenommen: deine Verbindung war weg.
say-gone-needs-changed = Zurückgenommen: es wird jetzt anderes gebraucht.
say-gone-left = Die Person ist gegangen.
say-gone-outranked = Zurückgenommen: du wirst vielleicht für Dringenderes gebraucht.
say-gone-assigned = Die Aufsicht hat es jemandem gegeben.
say-gone-declined = Abgelehnt.

say-why-me-only = Du: von allen, die da sind, kannst nur du das jetzt übernehmen.
say-why-me-named = Du: jemand aus dem Team hat dich genannt.
say-why-me-holds-nothing = Du: es ist unmittelbar dringend, und du hast gerade niemanden.
say-why-me-again = Du: ihr habt schon gesprochen, und du wurdest wieder gewünscht.
say-why-me-preferences = Du: du kennst dich am besten mit dem gewünschten Thema aus.
say-why-me-scarcity = Du: was andere können, wird vielleicht bald für jemanden gebraucht.
say-why-me-load = Du: du hast mehr Platz als andere.
say-why-me-waking = Du: bei dir ist Tag.
say-why-me-last-offer = Du: dein letztes Angebot ist am längsten her.
say-why-me-id = Du: nichts unterschied dich von anderen.

say-somebody = Jemand
say-you = Du
say-said = Was gesagt wurde
say-write-to = An { $who } schreiben
say-enter = Eingabe sendet, Umschalt und Eingabe beginnt eine neue Zeile.
say-send = Senden
say-sending = wird gesendet …
say-sent = gesendet
say-unsent = noch nicht gesendet: geht hinaus, sobald du wieder verbunden bist
say-aside = Nur an die ehrenamtliche Person
say-aside-mark = vom Mitglied nicht zu sehen
say-erased = Gelöscht.
say-unread = { $count } neu
say-over = Vorbei
say-line-since = { $line }, seit { $since }
say-member-clock = dort ist es { $clock }
say-returned = schon zurück in der Reihe: { $count }
say-away = Die Verbindung ist seit { $since } still. Vielleicht kommt die Person wieder.
say-away-now = Die Verbindung ist still. Vielleicht kommt die Person wieder.
say-told-message = { $who }: { $text }
say-told-away = { $who }: Verbindung still
say-told-back = { $who } ist wieder da
say-told-priority = { $who }: jetzt { $priority }
say-member-left = Die Person ist gegangen. Das Gespräch ist vorbei.
say-put-away = Weglegen
say-templates = Worte für den Anfang

say-nudge-first-reply = Die Person wartet auf ein erstes Wort von dir.
say-nudge-reply = Die Person wartet schon eine Weile auf Antwort.

say-escalate = Hilfe rufen
say-escalate-title = Hilfe rufen
say-escalate-text = Es wird gerufen, bis jemand übernimmt. Du bleibst im Gespräch.
say-escalate-whom = Wen
say-escalate-reason = Warum
say-escalate-hint = Wer kommt, liest das. Im Ruf selbst steht es nicht.
say-escalate-send = Jetzt rufen
say-policy-supervisor = Die Aufsicht
say-policy-clinician = Eine Fachperson: ein Leben ist vielleicht in Gefahr
say-escalation-raised = Hilfe wurde gerufen. Menschen werden benachrichtigt.
say-escalation-paging = Gerufen: { $called }.
say-escalation-fallback = Noch hat niemand geantwortet. Die ganze Aufsicht wird gerufen: { $called }.
say-escalation-acknowledged = { $by } hat übernommen.
say-escalation-hand-over = { $by } bittet jemand anderes zu übernehmen.
say-escalation-reminded = Es ist noch nicht erledigt. Wieder gerufen: { $called }.
say-escalation-resolved = { $by } hat es erledigt.

say-transfer = Übergeben
say-transfer-title = Übergeben
say-transfer-text = Jemand anderes wird gefragt. Das Gespräch bleibt bei dir, bis es angenommen wird.
say-transfer-note = Was man wissen sollte
say-transfer-hint = Nur wer übernimmt, liest es.
say-transfer-send = Fragen
say-transfer-asked = Jemand anderes wird gefragt. Bis dahin ist die Person bei dir.
say-transfer-done = Jemand anderes hat übernommen. Danke.
say-transfer-failed = Niemand hat übernommen: { $reason }. Die Person ist weiter bei dir.
say-transfer-declined = abgelehnt
say-transfer-expired = keine Antwort
say-transfer-nobody = niemand ist frei
say-transfer-withdrawn = zurückgenommen

say-release = Zurückgeben
say-release-title = Zurückgeben
say-release-text = Die Person wartet wieder und behält ihren Platz. Sie erfährt, dass jemand anderes kommt. Du wirst für sie nicht mehr gefragt.
say-release-reason = Warum
say-release-send = Zurückgeben
say-released-gave-back = Du hast zurückgegeben. Jemand anderes wird gefragt.
say-released-supervisor = Die Aufsicht hat es jemand anderem gegeben.
say-released-absent = Deine Verbindung war zu lange weg. Die Person hat es erfahren, und jemand anderes wird gefragt.
say-released-silent = Zu lange wurde nichts geschrieben. Jemand anderes wird gefragt.
say-released-closed = Geschlossen.
say-released-meanwhile = Während du nicht verbunden warst, ging dieses Gespräch an jemand anderes oder endete.

say-close = Schließen
say-close-title = Das Gespräch schließen
say-close-text = Die Person erfährt, dass das Gespräch vorbei ist. Niemand kann mehr darin schreiben.
say-close-outcome = Wie es endete
say-close-assessed = Ich habe das Risiko betrachtet
say-close-must = Bei dieser Dringlichkeit lässt es sich erst dann schließen.
say-close-note = Notiz
say-close-hint = Für Kolleginnen und Kollegen, die diese Linie verantworten. Sie wird mit dem Gespräch gelöscht.
say-close-send = Schließen
say-outcome-supported = Unterstützt
say-outcome-referred = Weitergeleitet
say-outcome-escalated = Mehr als ein Ehrenamt
say-outcome-no-reply = Keine Antwort

say-switch-sound = Ton
say-switch-keys = A und D beantworten Angebote
say-switch-notify = Benachrichtigungen zeigen

say-called-you = Du wirst gerufen: { $priority }
say-called-about = { $priority } · { $policy } · { $line }
say-called-mine = du hast übernommen
say-called-other = { $by } hat übernommen
say-called-open = noch hat niemand übernommen
say-since = seit { $since }
say-next-step = Nächster Ruf in { $left }
say-remind = Erneut gerufen in { $left }
say-acknowledge = Ich übernehme
say-join-beside = Ins Gespräch kommen
say-join-holder = Das Gespräch übernehmen
say-hand-over = Übergeben
say-hand-over-title = Es übergeben
say-hand-over-text = Sie werden gerufen. Bis sie übernehmen, bleibt es bei dir.
say-hand-over-whom = An wen
say-resolve = Erledigen
say-resolve-title = Erledigen
say-resolve-text = Von da an wird niemand mehr gerufen, und das Gespräch lässt sich schließen.
say-resolve-outcome = Was daraus wurde
say-resolve-outcome-hint = Ein Wort in Kleinbuchstaben, etwa safe, referred, emergency_services oder no_contact.
say-resolve-confirmed = Wer bestätigt hat, dass der Rettungsdienst Kontakt hat
say-resolve-confirmed-hint = Nötig, wenn er gerufen wurde.
say-resolve-note = Notiz
say-settled-safe = In Sicherheit
say-settled-referred = Weitergeleitet
say-settled-emergency-services = Rettungsdienst
say-settled-no-contact = Kein Kontakt

## Codes in words

say-priority-standard = Normal
say-priority-elevated = Erhöht
say-priority-urgent = Dringend
say-priority-imminent = Unmittelbar
say-age-under-18 = unter 18
say-age-18-25 = 18 bis 25
say-age-over-25 = über 25
say-duty-ready = bereit
say-duty-break = in der Pause
say-duty-off = aus
say-from-member = Mitglied
say-from-volunteer = Ehrenamt
say-from-professional = Fachperson
say-from-supervisor = Aufsicht
say-from-system = Wideawake
say-topic-anxiety = Angst
say-topic-grief = Trauer
say-topic-loneliness = Einsamkeit
say-topic-relationships = Beziehungen
say-cause-silent = das Ehrenamt schrieb nichts
say-cause-no-reply = keine Antwort an das Mitglied
say-cause-away = das Mitglied verstummte
say-cause-beyond-holder = mehr, als das Ehrenamt tragen darf
say-cause-person = jemand bat darum
say-cause-rule = eine Regel
say-stage-raised = gleich wird gerufen
say-stage-paging = es wird gerufen
say-stage-fallback = keine Antwort: die ganze Aufsicht wird gerufen
say-stage-acknowledged = übernommen
say-stage-resolved = erledigt

## My week

week-title = Meine Woche
week-did = Diese Woche
week-counted = Stunden, die zählen
week-most = Höchstens
week-left = Übrig
week-conversations = Gespräche, die zu dir kamen
week-capacity = Gespräche zugleich, höchstens
week-what-counts = Es zählt die Zeit, in der du in einer Schicht und bereit bist. Eine Woche beginnt am Montag um 00:00 UTC.
week-no-limit = Auf dieser Linie gibt es keine Grenze.
week-shifts = Die nächsten vierzehn Tage
week-zone = Zeiten in { $zone }.
week-no-shifts = In den nächsten vierzehn Tagen bist du nicht eingeteilt.
week-day = Tag
week-from = Von
week-to = Bis
week-leave = Abwesend
week-calendar = Meine Schichten als Kalender
week-calendar-hint = Gib diese Adresse deinem Kalender und sonst niemandem: wer sie hat, kann deine Schichten lesen.
week-skills = Ausgebildet in
week-until = bis { $date }
week-lapsed = abgelaufen

## The board

board-title = Übersicht
board-sum = Auf einen Blick
board-ready = Bereit
board-talking = Im Gespräch
board-escalations = Mehr als ein Ehrenamt
board-no-escalations = Nichts ist offen.
board-waiting = Es warten
board-nobody-waits = Niemand wartet.
board-active = Gerade im Gespräch
board-nobody-talks = Gerade spricht niemand.
board-duty = Im Dienst
board-nobody-on-duty = Niemand ist im Dienst.
board-place = Platz
board-priority = Dringlichkeit
board-waits = Wartet
board-language = Sprache
board-line = Linie
board-offers = Angebote
board-open = Öffnen
board-with = Mit
board-since = Seit
board-state = Stand
board-name = Name
board-load = Hat
board-clock = Ortszeit
board-shift-ends = Schichtende
board-show-more = Mehr zeigen

say-open = Öffnen
say-open-waiting = Platz { $position } öffnen, { $priority }
say-open-active = Gespräch mit { $alias } öffnen, { $priority }
say-more = { $count } weitere
say-longest = längstens { $wait }
say-places = freie Plätze: { $count }
say-unanswered = seit { $since } ohne Antwort
say-unanswered-count = 2 Minuten ohne Antwort: { $count }
say-is-away = Mitglied still
say-is-transferred = wird übergeben
say-absent = { $duty }, nicht verbunden
say-load = { $load } von { $capacity }
say-ends-open = die ganze Woche
say-ends = { $at } (in { $left })
say-on-call = { $rotation }: { $alias }
say-case = { $policy } · { $line }
say-taken-on = { $by } hat übernommen
say-told-escalation = Hilfe wird gerufen: { $priority }, { $policy }

say-case-title = Eine Anfrage
say-fact-priority = Dringlichkeit
say-fact-line = Linie
say-fact-language = Sprache
say-fact-waits = Wartet
say-fact-with = Mit
say-fact-unanswered = Ohne Antwort
say-do-assign = Jemandem geben
say-do-priority = Dringlichkeit ändern
say-do-release = Zurücknehmen
say-do-escalate = Hilfe rufen
say-do-read = Das Gespräch lesen
say-do-decisions = Wer gefragt wurde, und warum
say-do-history = Im Protokoll
say-not-on-duty = nicht im Dienst
say-assign-text = Es kommt sofort an, was immer dort schon liegt. Es wird unter deinem Namen festgehalten.
say-assign-whom = Wem
say-assign-send = Geben
say-reason = Warum
say-priority-text = Es wird unter deinem Namen festgehalten. Nur du kannst sie senken.
say-priority-send = Ändern
say-release-other = Es wartet wieder und behält seinen Platz. Die Person erfährt, dass jemand anderes kommt.
say-read-text = Dass du liest, und warum, wird unter deinem Namen festgehalten.
say-read-why = Warum
say-read-send = Lesen
say-read-safety = Jemand ist vielleicht in Gefahr
say-read-support = Um dem Ehrenamt zu helfen
say-read-complaint = Jemand hat sich beschwert
say-read-review = Um zu sehen, wie Gespräche laufen
say-nobody-asked = Noch wurde niemand gefragt.
say-exhausted = Alle, die gefragt werden konnten, waren gefragt: { $at }.
say-came-open = offen
say-came-accepted = angenommen
say-came-declined = abgelehnt
say-came-expired = keine Antwort
say-came-withdrawn = zurückgenommen. { $reason }
say-why-count = { $could } von { $all } konnten gefragt werden.
say-why-out = { $reason }: { $count }
say-why-them-only = Nur { $alias } konnte es übernehmen.
say-why-them-named = { $alias } wurde von einem Menschen genannt.
say-why-them-holds-nothing = Es war unmittelbar, und { $alias } hatte niemanden.
say-why-them-again = { $alias } hatte mit diesem Mitglied schon gesprochen.
say-why-them-preferences = { $alias } erfüllte mehr von dem, was gewünscht war.
say-why-them-scarcity = Was { $alias } kann, wurde am wenigsten für andere gebraucht.
say-why-them-load = { $alias } hatte am meisten Platz.
say-why-them-waking = Bei { $alias } war Tag.
say-why-them-last-offer = { $alias } hatte am längsten kein Angebot.
say-why-them-id = Nichts unterschied { $alias } von anderen.
say-out-language = andere Sprachen
say-out-unqualified = dafür nicht ausgebildet
say-out-expired = Ausbildung abgelaufen
say-out-off-shift = nicht in einer Schicht
say-out-not-ready = nicht bereit
say-out-absent = nicht verbunden
say-out-weekly-hours = Stunden aufgebraucht
say-out-resting = ruht sich aus
say-out-holds-imminent = bei jemandem in Gefahr
say-out-full = kein Platz
say-out-winding-down = Schicht endet bald
say-out-set-aside = schon gefragt

## Roster, coverage, waits, the record

roster-title = Dienstplan
roster-text = Alle mit ihrer eigenen Uhr. Öffne jemanden, um die Zeiten zu ändern.
roster-roles = Rollen
roster-languages = Sprachen
roster-now = In einer Schicht
roster-next = Nächste Schicht
roster-until = bis { $time }
roster-none = keine in vierzehn Tagen
person-title = Zeiten von { $name }
person-clock = Dort ist es { $clock } ({ $zone }).
person-read-only = Du kannst diese Zeiten ansehen und nicht ändern.
person-shifts = Schichten
person-shifts-hint = Zeiten nach der Uhr der Zone daneben. Ein Ende, das nicht nach dem Anfang liegt, ist am nächsten Tag.
person-leave = Abwesend
person-extra = Zusätzliche Stunden
person-next = Die nächsten vierzehn Tage
person-next-hint = Eine Schicht kann an jemand anderes gehen: dort wird sie zu zusätzlichen Stunden, und diese Person ist so lange abwesend.

say-day-mon = Mo
say-day-tue = Di
say-day-wed = Mi
say-day-thu = Do
say-day-fri = Fr
say-day-sat = Sa
say-day-sun = So
say-days = Tage
say-shift = Eine Schicht
say-date = Datum
say-start = Von
say-end = Bis
say-zone = Zeitzone
say-from = Erster Tag
say-until = Letzter Tag
say-add = Hinzufügen
say-add-weekly = Wöchentliche Schicht hinzufügen
say-add-once = Einzelne Schicht hinzufügen
say-remove = Entfernen
say-remove-entry = { $start } bis { $end } entfernen
say-removed = Entfernt.
say-save = Schichten speichern
say-saved = Gespeichert.
say-no-days = Wähle für jede wöchentliche Schicht mindestens einen Tag.
say-no-shifts = Es gibt noch keine Schichten.
say-no-next = Nichts in den nächsten vierzehn Tagen.
say-give = Geben
say-give-whom = Schicht { $shift } geben an
say-give-nobody = Geben an …
say-given = { $name } hat sie jetzt.

coverage-title = Abdeckung
coverage-text = Wie viele Ehrenamtliche in jeder Stunde der nächsten vierzehn Tage mindestens eingeteilt sind.
coverage-choices = Was gezählt wird
coverage-people = Alle
coverage-hours =
    { $hours ->
        [one] { $hours } Stunde ohne jemanden
       *[other] { $hours } Stunden ohne jemanden
    }
coverage-none = keine Lücke
coverage-past = vorbei
coverage-legend = Eine schraffierte 0 ist eine Stunde ohne jemanden. Je dunkler, desto mehr Menschen.
coverage-gaps = Lücken
coverage-no-gaps = Es ist immer jemand da.
coverage-more =
    { $count ->
        [one] { $count } weitere Lücke
       *[other] { $count } weitere Lücken
    }

waits-title = Wartezeiten
waits-text = Die letzten sieben Tage, wie sie waren. Eine Wartezeit beginnt, wenn jemand anfragt, und endet, wenn jemand die Anfrage annimmt. Wer vorher ging, steht daneben.
waits-nobody = In diesen Tagen hat niemand angefragt.
waits-no-plot = In diesen Tagen bekam niemand Antwort.
waits-wait = Bis jemand kam
waits-word = Von da bis zum ersten Wort
waits-wait-short = Bis jemand kam
waits-word-short = Bis zum ersten Wort
waits-beside = Die Zahlen stehen in der Tabelle darunter.
waits-figures = Zahlen, in Minuten und Sekunden
waits-asked = Anfragen
waits-half = Hälfte
waits-nine = 9 von 10
waits-longest = längste
waits-left = Vorher gegangen
waits-count = wie viele
waits-still = Warten noch
waits-minutes = Minuten

history-title = Das Protokoll
history-text = Was mit einer Anfrage, einem Hilferuf, einer Person oder einer Rotation geschah, der Reihe nach. Was jemand geschrieben hat, wird nicht gezeigt.
history-of = Wovon
history-of-hint = Art und Kennung, etwa request:0198c0de-0000-7000-8000-000000000000. Arten: request, escalation, staff, duty, session, rotation.
history-show = Zeigen
history-wrong = Das gibt es nicht, oder du darfst es nicht sehen.
history-events = Ereignisse
history-member = Mitglied
history-next = Die nächsten
