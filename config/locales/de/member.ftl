# What members read. Short, kind, honest, never cheerful. Whoever reads it may be in a bad state, on a small screen, at night.

## The frame

page-title = Mit jemandem reden
leave = Schnell weg
leave-hint = Oder drück dreimal Esc.
language-choice = Sprache
language-go = Wechseln

## The first page

start-heading = Hier kannst du mit jemandem reden
start-lead = Schreib, was los ist, so viel oder wenig du magst. Jemand Ausgebildetes liest es, ehrenamtlich, und antwortet. Niemand muss wissen, wer du bist.
start-message = Was beschäftigt dich?
start-message-hint = Du kannst das auch leer lassen und anfangen, wenn jemand da ist.
start-line = Mit wem möchtest du reden?
start-speak = Sprache zum Reden
start-more = Mehr über dich, wenn du magst
start-more-hint = Nichts davon ist nötig. Es hilft uns, die richtige Person zu finden.
start-alias = Wie sollen wir dich nennen?
start-alias-hint = Irgendein Name. Besser nicht dein richtiger.
start-age = Wie alt bist du?
start-age-none = Möchte ich nicht sagen
age-under_18 = Unter 18
age-18_25 = 18 bis 25
age-over_25 = Über 25
start-topics = Worum geht es?
start-questions = Sechs Fragen zu deiner Sicherheit, wenn du magst
start-questions-hint = Du musst sie nicht beantworten. Deine Antworten entscheiden, wie bald jemand kommt, und sonst nichts. Sie werden versiegelt, wie alles, was du schreibst.
start-yes = Ja
start-no = Nein
question-q1 = Hast du dir im letzten Monat gewünscht, tot zu sein oder einzuschlafen und nicht mehr aufzuwachen?
question-q2 = Hast du im letzten Monat daran gedacht, dich zu töten?
question-q3 = Hast du darüber nachgedacht, wie du es tun könntest?
question-q4 = Hattest du diese Gedanken und dabei die Absicht, auch nur ein wenig, danach zu handeln?
question-q5 = Hast du angefangen zu planen oder schon geplant, wie du dich tötest, und willst du es auch tun?
question-q6 = Hast du je etwas getan, angefangen oder vorbereitet, um dein Leben zu beenden?
question-q6_recent = War das in den letzten drei Monaten?
question-intent_now = Willst du es jetzt tun?
start-go = Um jemanden bitten
start-go-hint = Was du schreibst, ist verschlüsselt. Du kannst es jederzeit löschen lassen.
start-going = Wir suchen jemanden …
start-back = Du hast hier schon ein Gespräch.
start-back-go = Dorthin zurück

## Whom else to call

others-heading = Andere, an die du dich jetzt wenden kannst
others-emergency = Wenn dein Leben in Gefahr ist, ruf an:
others-country = Land
others-country-none = Irgendwo
others-show = Zeigen
others-call = { $number } anrufen
others-text = An { $number } schreiben
others-page = Website
others-hours = Zeiten: { $hours }

## Waiting

wait-heading = Wir suchen jemanden für dich
wait-place = Dein Platz in der Reihe: { $place }
wait-next = Du kommst als Nächstes dran.
wait-range = Meist dauert es von hier { $low } bis { $high } Minuten.
wait-upto = Meist dauert es von hier bis zu { $high } Minuten.
wait-soon = Meist dauert es von hier weniger als eine Minute.
wait-unknown = Wir können nicht sagen, wie lange es dauert.
wait-meanwhile = Wir fragen alle, die Dienst haben, eine Person nach der anderen, und dein Platz bleibt deiner. Du kannst schon schreiben: Wer kommt, liest es zuerst. Du kannst diese Seite schließen und wiederkommen, solange dieser Browser offen bleibt; wenn du lange weg bist, hören wir auf zu suchen.
wait-refresh = Diese Seite schaut alle zehn Sekunden nach Neuem.

## Talking

talk-heading = Dein Gespräch
talk-with = Du redest mit { $name }
talk-someone = Jemand ist für dich da
talk-empty = Noch ist nichts geschrieben.
talk-you = Du
talk-volunteer = Ehrenamtlich
talk-professional = Fachkraft
talk-supervisor = Leitung
talk-system = Wideawake
talk-write = Deine Nachricht
talk-send = Senden
talk-write-link = Etwas schreiben
talk-write-hint = Diese Seite bleibt, wie sie ist, während du schreibst.
talk-back = Zurück, ohne zu schreiben
talk-keys = Enter sendet, Umschalt und Enter beginnt eine neue Zeile.
talk-typing = Du bekommst gerade eine Antwort …
talk-too-long = Das ist zu lang für eine Nachricht: höchstens 4.000 Zeichen. Bitte schick es in Teilen.
talk-at = um { $time }
state-sending = Wird gesendet …
state-sent = Gesendet
state-kept = Noch nicht gesendet. Es bleibt in diesem Tab und geht einmal hinaus, sobald es kann.
state-refused = Das konnte nicht gesendet werden.
net-lost = Die Verbindung ist weg. Wir versuchen es weiter. Was du schreibst, bleibt in diesem Tab und wird einmal gesendet.
net-down = Wir sind gerade nicht erreichbar. Was du schreibst, bleibt in diesem Tab und wird einmal gesendet, sobald es geht.
net-back = Die Verbindung ist wieder da.
news-from = { $who } schreibt: { $text }
news-active = Jetzt ist jemand für dich da.

## The end

over-heading = Dieses Gespräch ist zu Ende
over-closed = Danke, dass du uns geschrieben hast. Wenn es wieder schwer wird, kannst du wiederkommen, zu jeder Stunde, so oft du es brauchst.
over-left = Du hast dieses Gespräch verlassen.
over-abandoned = Wir haben eine Weile nichts von dir gehört und deshalb aufgehört zu suchen. Du kannst wieder fragen, wann du willst. Du verlierst nichts dadurch.
over-barred = Eine verantwortliche Person hat dieses Gespräch beendet und bittet dich, dich für eine Weile an andere zu wenden. Die Stellen in dieser Liste sind für dich da. Wenn dein Leben in Gefahr ist, ruf die Notrufnummer an oder schreib es uns: Dann wirst du immer aufgenommen.
over-erased = Alles, was du geschrieben hast, ist gelöscht. Niemand kann es mehr lesen, auch wir nicht.
over-erasing = Was du geschrieben hast, wird gelöscht. Noch kümmern sich andere um deine Sicherheit; wenn sie fertig sind, ist es ganz weg, nach höchstens drei Tagen.
over-kept = Was du geschrieben hast, bleibt verschlüsselt bis zum { $date }. Dann wird es gelöscht.
over-kept-long = Was du geschrieben hast, bleibt verschlüsselt, bis du es löschen lässt.
over-export = Eine Kopie des Gesprächs speichern
over-erase = Das Gespräch löschen
over-erase-hint = Es lässt sich nicht zurückholen.
over-again = Noch einmal um jemanden bitten
over-forget = Dieses Gespräch auf diesem Gerät schließen

## When something does not work

trouble-heading = Das hat gerade nicht geklappt
trouble-down = Wir sind gerade nicht erreichbar. Das liegt nicht an dir. Was du geschrieben hast, ist noch hier; versuch es gleich noch einmal. Bis dahin sind diese zu erreichen.
trouble-away = Wir sind gerade nicht erreichbar. Das liegt nicht an dir. Versuch es gleich noch einmal. Bis dahin sind diese zu erreichen.
trouble-busy = Sehr viele bitten gerade um jemanden. Was du geschrieben hast, ist noch hier; versuch es in einer halben Minute noch einmal. Bis dahin sind diese zu erreichen.
trouble-retry = Was du geschrieben hast, ist noch hier, und nichts wird zweimal gesendet. Wir versuchen es von selbst noch einmal.
trouble-wrong = Etwas im Formular ging so nicht. Schau bitte noch einmal.
trouble-foreign = Dieses Formular kam von einer anderen Seite. Es ist nichts geschehen.
trouble-again = Noch einmal versuchen
trouble-home = Zur ersten Seite

## Lines and topics. A name that is not here is shown as it is configured.

line-night = Nachtlinie
line-youth = Jugendlinie
topic-abuse = Missbrauch
topic-anxiety = Angst
topic-depression = Depression
topic-eating = Essen
topic-family = Familie
topic-grief = Trauer
topic-loneliness = Einsamkeit
topic-relationships = Beziehungen
topic-school = Schule
topic-self-harm = Selbstverletzung
topic-sleep = Schlaf
topic-substances = Alkohol oder Drogen
topic-suicide = Gedanken an Suizid
topic-work = Arbeit

## What Wideawake itself says in a conversation

# Whoever held the request no longer does.
said-released = Die Person, mit der du gesprochen hast, musste gehen. Jemand anderes kommt, und dein Platz bleibt dir.
# Nobody of the line speaks the member's language.
said-unserved = Im Moment spricht auf dieser Linie niemand deine Sprache. Wir können nicht sagen, wie lange es dauert. Dein Platz bleibt dir. Wenn du jetzt jemanden brauchst, versuche es bitte bei einer der Stellen in dieser Liste.
# A supervisor ended the conversation for cause.
said-barred = Eine verantwortliche Person hat dieses Gespräch beendet und bittet dich, dich für eine Weile an andere zu wenden. Die Stellen in dieser Liste sind für dich da. Wenn dein Leben in Gefahr ist, ruf die Notrufnummer an oder sag es hier: Dann wirst du immer aufgenommen.
