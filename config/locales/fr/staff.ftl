# The desk and the board: what volunteers, supervisors and professionals read.

desk-name = Bureau de Wideawake
needs-script = Cette page montre ce qui se passe à l’instant même et a besoin de JavaScript. Activez-le pour cette adresse.

## Coming in

sign-in-title = Se connecter
sign-in-text = Pour les bénévoles, la supervision et les professionnels de cette ligne.
sign-in-name = Nom
sign-in-password = Mot de passe
sign-in-code = Code de votre authentificateur
sign-in-code-if = (si vous en avez un)
sign-in-send = Se connecter
sign-in-lost = Pas encore de nom, ou mot de passe perdu ? Demandez une invitation à la personne qui gère votre ligne.
sign-in-wrong = Le nom, le mot de passe ou le code n’est pas juste.
sign-in-code-needed = Le nom et le mot de passe sont justes. Saisissez encore une fois le mot de passe, avec les six chiffres de votre authentificateur.
sign-in-factor-missing = Votre rôle demande un second facteur, et vous n’en avez pas. Demandez une nouvelle invitation.
sign-in-too-many = Trop d’essais depuis cette adresse. Attendez quelques minutes, puis réessayez.
sign-in-organisation-done = Vous êtes connecté
sign-in-organisation-goes-on = Le bureau s’ouvre tout seul dans un instant.
sign-in-organisation-failed = Vous n’êtes pas connecté
sign-out = Se déconnecter

## Being invited

invite-title = Comment vous vous connecterez
invite-text = Choisissez un nom et un mot de passe pour le bureau. Ce lien ne sert qu’une fois.
invite-for = Pour { $alias }, jusqu’à { $until }.
invite-name = Nom de connexion
invite-name-hint = De 3 à 40 lettres, chiffres, points ou tirets. Personne d’autre ne le voit. Pas votre adresse e-mail.
invite-password = Mot de passe
invite-password-hint = Au moins { $shortest } caractères. Quelques mots sans rapport entre eux conviennent bien.
invite-again = Le même encore une fois
invite-factor = Second facteur
invite-factor-if = Second facteur, si vous voulez
invite-key = Saisissez cette clé dans une application d’authentification :
invite-link = Ou ouvrez ce lien sur le téléphone qui en a une
invite-code = Code que montre l’application
invite-send = Enregistrer
invite-organisation-title = Ou sans mot de passe
invite-organisation = Utilisez votre compte auprès de votre organisation
invite-organisation-hint = Vous vous connectez là-bas, et n’avez besoin d’aucun mot de passe ici.
invite-codes-title = Codes de secours
invite-codes = Gardez-les ailleurs que sur votre téléphone. Chacun sert une fois, à la place d’un code, si vous perdez votre authentificateur. Ils ne sont montrés que cette fois.
invite-done-title = C’est tout
invite-done = Vous pouvez vous connecter avec le nom et le mot de passe choisis. Ce lien ne sert plus.
invite-gone-title = Cette invitation n’est plus valable
invite-gone = Elle a été utilisée, remplacée par une autre, ou a expiré. Demandez-en une nouvelle à qui vous a invité. Si c’est vous qui l’avez utilisée, connectez-vous avec le nom et le mot de passe choisis.
invite-failed = Réessayez dans un instant. Votre lien reste valable.
invite-wrong-name = Nom : de 3 à 40 lettres, chiffres, points ou tirets, s’il vous plaît.
invite-wrong-taken = Nom : il est déjà pris. Choisissez-en un autre, s’il vous plaît.
invite-wrong-length = Mot de passe : il doit avoir de { $shortest } à { $longest } caractères.
invite-wrong-again = Mot de passe : les deux ne sont pas identiques.
invite-wrong-password = Mot de passe : choisissez-en un autre, s’il vous plaît. Celui-ci ressemble trop à votre nom, ou figure dans une liste de mots de passe volés.
invite-wrong-code = Code : ce n’est pas celui que l’application montre maintenant pour cette clé.

page-foreign-title = Ouvrez le lien lui-même
page-foreign = Cette réponse venait d’une autre page. Ouvrez le lien du message qui vous a amené ici, et continuez de là.
page-moment = { $time } le { $day } { $month } ({ $zone })

## Being called: the link in a page

answer-took = Vous vous en occupez depuis { $when }
answer-took-text = Personne d’autre n’est appelé maintenant. Ouvrez le bureau pour lire et rejoindre la conversation.
answer-asked = { $name } vous demande de prendre le relais
answer-asked-text = D’ici là, cela reste avec cette personne.
answer-take-over = Je prends le relais
answer-other = { $name } s’en occupe depuis { $when }
answer-other-text = Vous n’avez rien à faire. On peut encore vous la confier.
answer-resolved = { $name } y a mis fin à { $when }
answer-resolved-text = C’est terminé. Vous n’avez rien à faire.
answer-open = Quelqu’un a besoin de plus qu’un bénévole
answer-open-text = Personne ne s’en occupe encore. Dès que vous le faites, personne d’autre n’est appelé.
answer-take-on = Je m’en occupe
answer-line = Ligne
answer-priority = Priorité
answer-since = Depuis
answer-called = Appelés
answer-you = { $name } (vous)
answer-unknown-title = Ce lien ne mène nulle part
answer-unknown = Il n’est pas complet, ou n’est plus valable. Ouvrez-le de nouveau depuis le message qui vous a appelé, en entier. Si cela ne marche toujours pas, connectez-vous au bureau : ce qui a besoin de vous y figure. Vous pouvez aussi répondre à un SMS avec le code qu’il contient.
answer-failed = Réessayez dans un instant. Tant que personne ne s’en occupe, on continue d’appeler : vous pouvez aussi vous connecter au bureau.

## What cannot be shown

sorry-role-title = Cette page n’est pas pour votre rôle
sorry-role = Vous êtes connecté, et cette page est destinée à d’autres. Si vous pensez devoir la voir, parlez-en à la personne qui gère votre ligne.
sorry-none-title = Il n’y a rien ici
sorry-none = L’adresse ne mène nulle part, ou à quelque chose que vous ne pouvez pas voir.
sorry-query-title = Impossible de montrer cela
sorry-query = Ce qui a été demandé ne peut pas être calculé. Revenez en arrière et demandez moins.
sorry-now-title = Cela n’a pas marché pour l’instant
sorry-now = Quelque chose de nécessaire est injoignable. Réessayez dans un moment.
sorry-desk = Vers le bureau
sorry-sign-in = Se connecter sous un autre nom

nav-name = Pages
nav-desk = Bureau
nav-week = Ma semaine
nav-board = Tableau
nav-roster = Planning
nav-coverage = Couverture
nav-waits = Attentes
nav-history = Registre

role-volunteer = bénévole
role-supervisor = supervision
role-professional = professionnel
role-admin = administration

day-mon = lun
day-tue = mar
day-wed = mer
day-thu = jeu
day-fri = ven
day-sat = sam
day-sun = dim

month-1 = janv.
month-2 = févr.
month-3 = mars
month-4 = avr.
month-5 = mai
month-6 = juin
month-7 = juil.
month-8 = août
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = déc.
short-date = { $weekday } { $day } { $month }

language-en = anglais
language-es = espagnol
language-pt = portugais
language-fr = français
language-de = allemand
language-ar = arabe

## The desk

duty-title = Peut-on vous solliciter ?
duty-ready = Disponible
duty-break = Pause
duty-off = Absent
talks-title = Conversations
offers-title = On vous propose
called-title = On vous appelle
nobody = Personne n’est avec vous pour l’instant. Quand quelqu’un aura besoin de vous, cela apparaîtra ici.
switches-title = Son et touches
switches-hint = Le son demande d’abord un clic ou une touche sur cette page : les navigateurs l’exigent.

say-problem-offline = Vous n’êtes pas connecté. Rien n’est perdu : réessayez dans un moment.
say-problem-other = Cela n’a pas marché.
say-problem-unavailable = Quelque chose de nécessaire est injoignable pour l’instant. Réessayez dans un moment.
say-problem-internal = Cela n’a pas marché, et c’est de notre faute. C’est noté. Réessayez.
say-problem-offer-gone = Quelqu’un a été plus rapide, ou le temps était écoulé.
say-problem-transfer-open = Une passation est déjà en cours.
say-problem-already-closed = Cette conversation est terminée.
say-problem-escalation-open = Quelqu’un a été appelé pour cette conversation, et ce n’est pas réglé. Elle pourra être fermée une fois que ce sera fait.
say-problem-already-resolved = C’est déjà réglé.
say-problem-acknowledged-by-other = Quelqu’un d’autre s’en charge, et peut vous le passer.
say-problem-not-waiting = Elle n’attend plus.
say-problem-not-active = Personne ne l’a pour l’instant.
say-problem-conflict = Cela a changé entre-temps. Regardez encore, puis décidez.
say-problem-not-found = Ce n’est pas là, ou plus à vous.
say-problem-forbidden = Ce n’est pas pour votre rôle.
say-problem-too-many-requests = Trop d’appels depuis cette adresse. Attendez un moment.
say-cancel = Annuler
say-back = Retour
say-done = C’est fait.

say-lost = Vous n’êtes pas connecté.
say-lost-first = Les propositions sont retirées après { $offers } ; après { $talks }, vos conversations passent à quelqu’un d’autre, et les personnes en sont informées. Ce que vous écrivez est gardé ici.
say-lost-offers = Les propositions ont été retirées. Dans { $left }, vos conversations passent à quelqu’un d’autre, et les personnes en sont informées. Ce que vous écrivez est gardé ici.
say-lost-over = Vos conversations sont maintenant passées à quelqu’un d’autre, et les personnes en ont été informées. À votre retour, vous verrez où cela en est.
say-found = Vous êtes de nouveau connecté.

say-shift-open = Vous êtes de service toute la semaine.
say-shift-ends = Votre créneau finit à { $at } ({ $zone }), dans { $left }.
say-ready-off-shift = Vous êtes disponible, mais sans créneau en ce moment : personne ne vous est proposé.
say-off-shift = Vous n’avez pas de créneau en ce moment.
say-not-responding = Deux propositions de suite sont restées sans réponse : vous êtes en pause. Choisissez Disponible à votre retour.
say-duty-told-ready = On peut vous solliciter.
say-duty-told-break = Vous êtes en pause. Ce que vous avez reste avec vous.
say-duty-told-off = Vous êtes absent. Ce que vous avez reste avec vous.

say-accept = Accepter
say-decline = Refuser
say-declined = Refusé. On demande à quelqu’un d’autre.
say-offer = { $priority } · { $language } · { $line }
say-offer-handover = Passation : { $priority } · { $language } · { $line }
say-offer-topics = Choix : { $topics }
say-offer-left = encore { $left }
say-offer-last = Le temps est écoulé ; accepter peut encore marcher
say-offer-told = Quelqu’un vous est proposé : { $offer }. Encore { $left }. A accepte, D refuse ; depuis un champ de texte, Échap d’abord.
say-title-offer = Proposition
say-notify-title = Quelqu’un a besoin de vous
say-gone-taken = Quelqu’un d’autre s’en charge.
say-gone-expired = Le temps était écoulé. On demande à quelqu’un d’autre.
say-gone-duty = Retirée : vous n’êtes plus disponible.
say-gone-shift-over = Retirée : votre créneau finit bientôt.
say-gone-absent = Retirée : votre connexion avait disparu.
say-gone-needs-changed = Retirée : il faut autre chose maintenant.
say-gone-left = La personne est partie.
say-gone-outranked = Retirée : on aura peut-être besoin de vous pour plus urgent.
say-gone-assigned = La supervision l’a confiée à quelqu’un.
say-gone-declined = Refusée.

say-why-me-only = Vous : parmi les présents, vous seul pouvez la prendre maintenant.
say-why-me-named = Vous : quelqu’un de l’équipe vous a demandé.
say-why-me-holds-nothing = Vous : c’est imminent, et vous n’avez personne d’autre.
say-why-me-again = Vous : vous vous êtes déjà parlé, et on vous redemande.
say-why-me-preferences = Vous : vous connaissez le mieux ce dont il s’agit.
say-why-me-scarcity = Vous : ce que savent les autres servira peut-être bientôt.
say-why-me-load = Vous : vous avez plus de place que les autres.
say-why-me-waking = Vous : il fait jour là où vous êtes.
say-why-me-last-offer = Vous : votre dernière proposition est la plus ancienne.
say-why-me-id = Vous : rien ne vous distinguait des autres.

say-somebody = Quelqu’un
say-you = Vous
say-said = Ce qui a été dit
say-write-to = Écrire à { $who }
say-enter = Entrée envoie, Maj et Entrée commence une nouvelle ligne.
say-send = Envoyer
say-sending = envoi…
say-sent = envoyé
say-unsent = pas encore envoyé : partira quand vous serez de nouveau connecté
say-aside = Seulement au bénévole
say-aside-mark = non visible pour la personne
say-erased = Effacé.
say-unread = { $count } non lus
say-over = Terminée
say-line-since = { $line }, depuis { $since }
say-member-clock = là-bas, il est { $clock }
say-returned = déjà revenue dans la file : { $count }
say-away = Sa connexion est muette depuis { $since }. La personne reviendra peut-être.
say-away-now = Sa connexion est muette. La personne reviendra peut-être.
say-told-message = { $who } : { $text }
say-told-away = { $who } : connexion muette
say-told-back = { $who } est de retour
say-told-priority = { $who } : maintenant { $priority }
say-member-left = La personne est partie. La conversation est terminée.
say-put-away = Ranger
say-templates = Des mots pour commencer

say-nudge-first-reply = On attend un premier mot de vous.
say-nudge-reply = On attend votre réponse depuis un moment.

say-escalate = Appeler de l’aide
say-escalate-title = Appeler de l’aide
say-escalate-text = On appelle jusqu’à ce que quelqu’un s’en charge. Vous restez dans la conversation.
say-escalate-whom = Qui
say-escalate-reason = Pourquoi
say-escalate-hint = La personne qui vient le lit. Ce n’est pas dans l’appel.
say-escalate-send = Appeler maintenant
say-policy-supervisor = La supervision
say-policy-clinician = Un clinicien : une vie est peut-être en danger
say-escalation-raised = De l’aide a été demandée. On appelle.
say-escalation-paging = On appelle : { $called }.
say-escalation-fallback = Personne n’a encore répondu. On appelle toute la supervision : { $called }.
say-escalation-acknowledged = { $by } s’en charge.
say-escalation-hand-over = { $by } demande à quelqu’un d’autre de s’en charger.
say-escalation-reminded = Ce n’est pas encore réglé. Rappelés : { $called }.
say-escalation-resolved = { $by } l’a réglé.

say-transfer = Passer
say-transfer-title = Passer
say-transfer-text = On demande à quelqu’un d’autre. La conversation reste avec vous jusqu’à son accord.
say-transfer-note = Ce qu’il faut savoir
say-transfer-hint = Seule la personne qui prend la suite le lit.
say-transfer-send = Demander
say-transfer-asked = On demande à quelqu’un d’autre. D’ici là, la personne reste avec vous.
say-transfer-done = Quelqu’un d’autre a pris la suite. Merci.
say-transfer-failed = Personne n’a pris la suite : { $reason }. La personne reste avec vous.
say-transfer-declined = refusé
say-transfer-expired = pas de réponse
say-transfer-nobody = personne n’est libre
say-transfer-withdrawn = retiré

say-release = Rendre
say-release-title = Rendre
say-release-text = La personne attend de nouveau et garde sa place. On lui dit que quelqu’un d’autre vient. On ne vous la proposera plus.
say-release-reason = Pourquoi
say-release-send = Rendre
say-released-gave-back = Vous l’avez rendue. On demande à quelqu’un d’autre.
say-released-supervisor = La supervision l’a confiée à quelqu’un d’autre.
say-released-absent = Votre connexion a manqué trop longtemps. La personne en est informée, et on demande à quelqu’un d’autre.
say-released-silent = Rien n’a été écrit pendant trop longtemps. On demande à quelqu’un d’autre.
say-released-closed = Fermée.
say-released-meanwhile = Pendant que vous n’étiez pas connecté, cette conversation est passée à quelqu’un d’autre ou s’est terminée.

say-close = Fermer
say-close-title = Fermer la conversation
say-close-text = On dit à la personne que la conversation est terminée. Plus personne ne peut y écrire.
say-close-outcome = Comment elle s’est terminée
say-close-assessed = J’ai évalué le risque
say-close-must = À cette priorité, elle ne peut être fermée qu’ensuite.
say-close-note = Note
say-close-hint = Pour les collègues qui répondent de cette ligne. Elle est effacée avec la conversation.
say-close-send = Fermer
say-outcome-supported = Soutenue
say-outcome-referred = Orientée
say-outcome-escalated = Plus qu’un bénévole
say-outcome-no-reply = Sans réponse

say-switch-sound = Son
say-switch-keys = A et D répondent aux propositions
say-switch-notify = Montrer des notifications

say-called-you = On vous appelle : { $priority }
say-called-about = { $priority } · { $policy } · { $line }
say-called-mine = vous vous en chargez
say-called-other = { $by } s’en charge
say-called-open = personne ne s’en charge encore
say-since = depuis { $since }
say-next-step = Prochain appel dans { $left }
say-remind = Rappel dans { $left }
say-acknowledge = Je m’en charge
say-join-beside = Rejoindre la conversation
say-join-holder = Reprendre la conversation
say-hand-over = Passer le relais
say-hand-over-title = Passer le relais
say-hand-over-text = Cette personne est appelée. D’ici à ce qu’elle s’en charge, cela reste avec vous.
say-hand-over-whom = À qui
say-resolve = Régler
say-resolve-title = Régler
say-resolve-text = Ensuite, plus personne n’est appelé, et la conversation peut être fermée.
say-resolve-outcome = Ce qu’il en est sorti
say-resolve-outcome-hint = Un mot en minuscules, comme safe, referred, emergency_services ou no_contact.
say-resolve-confirmed = Qui a confirmé que les secours ont pris contact
say-resolve-confirmed-hint = Nécessaire s’ils ont été appelés.
say-resolve-note = Note
say-settled-safe = En sécurité
say-settled-referred = Orientée
say-settled-emergency-services = Secours
say-settled-no-contact = Pas de contact

## Codes in words

say-priority-standard = Normale
say-priority-elevated = Élevée
say-priority-urgent = Urgente
say-priority-imminent = Imminente
say-age-under-18 = moins de 18 ans
say-age-18-25 = 18 à 25 ans
say-age-over-25 = plus de 25 ans
say-duty-ready = disponible
say-duty-break = en pause
say-duty-off = absent
say-from-member = La personne
say-from-volunteer = Bénévole
say-from-professional = Professionnel
say-from-supervisor = Supervision
say-from-system = Wideawake
say-topic-anxiety = angoisse
say-topic-grief = deuil
say-topic-loneliness = solitude
say-topic-relationships = relations
say-cause-silent = le bénévole n’a rien écrit
say-cause-no-reply = pas de réponse à la personne
say-cause-away = la personne s’est tue
say-cause-beyond-holder = plus que le bénévole ne peut porter
say-cause-person = quelqu’un l’a demandé
say-cause-rule = une règle
say-stage-raised = on va appeler
say-stage-paging = on appelle
say-stage-fallback = pas de réponse : on appelle toute la supervision
say-stage-acknowledged = pris en charge
say-stage-resolved = réglé

## My week

week-title = Ma semaine
week-did = Cette semaine
week-counted = Heures qui comptent
week-most = Au plus
week-left = Restent
week-conversations = Conversations qui vous sont venues
week-capacity = Conversations à la fois, au plus
week-what-counts = Compte le temps où vous avez un créneau et êtes disponible. Une semaine commence le lundi à 00:00 UTC.
week-no-limit = Il n’y a pas de limite sur cette ligne.
week-shifts = Les quatorze prochains jours
week-zone = Heures de { $zone }.
week-no-shifts = Vous n’avez pas de créneau dans les quatorze prochains jours.
week-day = Jour
week-from = De
week-to = À
week-leave = Absences
week-calendar = Mes créneaux comme agenda
week-calendar-hint = Donnez cette adresse à votre agenda et à personne d’autre : qui l’a peut lire vos créneaux.
week-skills = Formations
week-until = jusqu’au { $date }
week-lapsed = expirée

## The board

board-title = Tableau
board-sum = En un coup d’œil
board-ready = Disponibles
board-talking = En conversation
board-escalations = Plus qu’un bénévole
board-no-escalations = Rien n’est ouvert.
board-waiting = En attente
board-nobody-waits = Personne n’attend.
board-active = En conversation maintenant
board-nobody-talks = Personne ne parle pour l’instant.
board-duty = En service
board-nobody-on-duty = Personne n’est en service.
board-place = Place
board-priority = Priorité
board-waits = Attend
board-language = Langue
board-line = Ligne
board-offers = Propositions
board-open = Ouvrir
board-with = Avec
board-since = Durée
board-state = État
board-name = Nom
board-load = Charge
board-clock = Heure locale
board-shift-ends = Fin du créneau
board-show-more = En montrer plus

say-open = Ouvrir
say-open-waiting = Ouvrir la place { $position }, { $priority }
say-open-active = Ouvrir la conversation avec { $alias }, { $priority }
say-more = encore { $count }
say-longest = la plus longue { $wait }
say-places = places libres : { $count }
say-unanswered = sans réponse depuis { $since }
say-unanswered-count = sans réponse depuis 2 minutes : { $count }
say-is-away = personne muette
say-is-transferred = en passation
say-absent = { $duty }, non connecté
say-load = { $load } sur { $capacity }
say-ends-open = toute la semaine
say-ends = { $at } (dans { $left })
say-on-call = { $rotation } : { $alias }
say-case = { $policy } · { $line }
say-taken-on = { $by } s’en charge
say-told-escalation = On appelle de l’aide : { $priority }, { $policy }

say-case-title = Une demande
say-fact-priority = Priorité
say-fact-line = Ligne
say-fact-language = Langue
say-fact-waits = Attend
say-fact-with = Avec
say-fact-unanswered = Sans réponse
say-do-assign = La confier à quelqu’un
say-do-priority = Changer la priorité
say-do-release = La reprendre
say-do-escalate = Appeler de l’aide
say-do-read = Lire la conversation
say-do-decisions = Qui a été sollicité, et pourquoi
say-do-history = Dans le registre
say-not-on-duty = pas en service
say-assign-text = La personne la reçoit aussitôt, quoi qu’elle ait déjà. C’est consigné sous votre nom.
say-assign-whom = À qui
say-assign-send = Confier
say-reason = Pourquoi
say-priority-text = C’est consigné sous votre nom. Vous seul pouvez la baisser.
say-priority-send = Changer
say-release-other = Elle attend de nouveau et garde sa place. On dit à la personne que quelqu’un d’autre vient.
say-read-text = Que vous lisez, et pourquoi, est consigné sous votre nom.
say-read-why = Pourquoi
say-read-send = Lire
say-read-safety = Quelqu’un est peut-être en danger
say-read-support = Pour aider le bénévole
say-read-complaint = Quelqu’un s’est plaint
say-read-review = Pour voir comment se passent les conversations
say-nobody-asked = Personne n’a encore été sollicité.
say-exhausted = Tous ceux qu’on pouvait solliciter l’avaient été : { $at }.
say-came-open = ouverte
say-came-accepted = acceptée
say-came-declined = refusée
say-came-expired = pas de réponse
say-came-withdrawn = retirée. { $reason }
say-why-count = On pouvait solliciter { $could } sur { $all }.
say-why-out = { $reason } : { $count }
say-why-them-only = { $alias } seul pouvait la prendre.
say-why-them-named = { $alias } a été nommé par quelqu’un.
say-why-them-holds-nothing = C’était imminent, et { $alias } n’avait personne.
say-why-them-again = { $alias } avait déjà parlé avec cette personne.
say-why-them-preferences = { $alias } répondait mieux aux souhaits.
say-why-them-scarcity = Ce que sait { $alias } manquait le moins aux autres.
say-why-them-load = { $alias } avait le plus de place.
say-why-them-waking = Il faisait jour chez { $alias }.
say-why-them-last-offer = { $alias } attendait une proposition depuis le plus longtemps.
say-why-them-id = Rien ne distinguait { $alias } des autres.
say-out-language = autres langues
say-out-unqualified = pas formé pour cela
say-out-expired = formation expirée
say-out-off-shift = sans créneau
say-out-not-ready = pas disponible
say-out-absent = pas connecté
say-out-weekly-hours = heures épuisées
say-out-resting = au repos
say-out-holds-imminent = avec une personne en danger imminent
say-out-full = pas de place
say-out-winding-down = créneau bientôt fini
say-out-set-aside = déjà sollicité

## Roster, coverage, waits, the record

roster-title = Planning
roster-text = Chacun avec sa propre horloge. Ouvrez quelqu’un pour changer ses heures.
roster-roles = Rôles
roster-languages = Langues
roster-now = En créneau
roster-next = Prochain créneau
roster-until = jusqu’à { $time }
roster-none = aucun dans quatorze jours
person-title = Heures de { $name }
person-clock = Là-bas, il est { $clock } ({ $zone }).
person-read-only = Vous pouvez regarder ces heures, pas les changer.
person-shifts = Créneaux
person-shifts-hint = Heures de la zone indiquée à côté. Une fin qui n’est pas après le début est le lendemain.
person-leave = Absences
person-extra = Heures en plus
person-next = Les quatorze prochains jours
person-next-hint = Un créneau peut passer à quelqu’un d’autre : il le reçoit en heures en plus, et cette personne est absente pendant ce temps.

say-day-mon = lun
say-day-tue = mar
say-day-wed = mer
say-day-thu = jeu
say-day-fri = ven
say-day-sat = sam
say-day-sun = dim
say-days = Jours
say-shift = Un créneau
say-date = Date
say-start = De
say-end = À
say-zone = Fuseau horaire
say-from = Premier jour
say-until = Dernier jour
say-add = Ajouter
say-add-weekly = Ajouter un créneau hebdomadaire
say-add-once = Ajouter un créneau unique
say-remove = Retirer
say-remove-entry = Retirer de { $start } à { $end }
say-removed = Retiré.
say-save = Enregistrer les créneaux
say-saved = Enregistré.
say-no-days = Choisissez au moins un jour pour chaque créneau hebdomadaire.
say-no-shifts = Il n’y a pas encore de créneau.
say-no-next = Rien dans les quatorze prochains jours.
say-give = Confier
say-give-whom = Confier le créneau { $shift } à
say-give-nobody = Confier à…
say-given = { $name } l’a maintenant.

coverage-title = Couverture
coverage-text = Combien de bénévoles sont prévus au moins, à chaque heure des quatorze prochains jours.
coverage-choices = Ce qui est compté
coverage-people = Tous
coverage-hours =
    { $hours ->
        [one] { $hours } heure sans personne
       *[other] { $hours } heures sans personne
    }
coverage-none = aucun trou
coverage-past = passée
coverage-legend = Un 0 hachuré est une heure sans personne. Plus c’est foncé, plus il y a de monde.
coverage-gaps = Trous
coverage-no-gaps = Il y a toujours quelqu’un.
coverage-more =
    { $count ->
        [one] { $count } trou de plus
       *[other] { $count } trous de plus
    }

waits-title = Attentes
waits-text = Les sept derniers jours, tels qu’ils furent. Une attente commence quand quelqu’un demande et finit quand quelqu’un prend sa demande. Ceux qui sont partis avant figurent à côté.
waits-nobody = Personne n’a demandé ces jours-ci.
waits-no-plot = Personne n’a eu de réponse ces jours-ci.
waits-wait = Jusqu’à l’arrivée de quelqu’un
waits-word = De là au premier mot
waits-wait-short = Jusqu’à l’arrivée
waits-word-short = Jusqu’au premier mot
waits-beside = Les chiffres sont dans le tableau ci-dessous.
waits-figures = chiffres, en minutes et secondes
waits-asked = Demandes
waits-half = moitié
waits-nine = 9 sur 10
waits-longest = la plus longue
waits-left = Partis avant
waits-count = combien
waits-still = Attendent encore
waits-minutes = minutes

history-title = Le registre
history-text = Ce qui est arrivé à une demande, un appel à l’aide, un collègue ou une rotation, dans l’ordre. Ce que quelqu’un a écrit n’est pas montré.
history-of = De quoi
history-of-hint = Genre et identifiant, comme request:0198c0de-0000-7000-8000-000000000000. Genres : request, escalation, staff, duty, session, rotation.
history-show = Montrer
history-wrong = Cela n’existe pas, ou vous ne pouvez pas le voir.
history-events = Événements
history-member = la personne
history-next = Les suivants
