# What members read. Short, kind, honest, never cheerful. Whoever reads it may be in a bad state, on a small screen, at night.

## The frame

page-title = Parler avec quelqu’un
leave = Quitter vite
leave-hint = Ou appuyez trois fois sur Échap.
language-choice = Langue
language-go = Changer

## The first page

start-heading = Ici, vous pouvez parler avec quelqu’un
start-lead = Écrivez ce qui se passe, beaucoup ou peu, comme vous voulez. Une personne bénévole et formée vous lit et vous répond. Personne n’a besoin de savoir qui vous êtes.
start-message = Qu’est-ce qui vous préoccupe ?
start-message-hint = Vous pouvez aussi laisser vide et commencer quand quelqu’un sera là.
start-line = Avec qui voulez-vous parler ?
start-speak = Langue pour parler
start-more = Plus sur vous, si vous voulez
start-more-hint = Rien de cela n’est nécessaire. Cela nous aide à trouver la bonne personne.
start-alias = Comment voulez-vous qu’on vous appelle ?
start-alias-hint = N’importe quel nom convient. De préférence pas le vôtre.
start-age = Quel âge avez-vous ?
start-age-none = Je préfère ne pas le dire
age-under_18 = Moins de 18 ans
age-18_25 = De 18 à 25 ans
age-over_25 = Plus de 25 ans
start-topics = De quoi s’agit-il ?
start-questions = Six questions sur votre sécurité, si vous voulez
start-questions-hint = Vous n’avez pas à y répondre. Vos réponses décident du temps avant que quelqu’un vienne, et de rien d’autre. Elles sont scellées, comme tout ce que vous écrivez.
start-yes = Oui
start-no = Non
question-q1 = Au cours du dernier mois, avez-vous souhaité être mort ou morte, ou vous endormir sans vous réveiller ?
question-q2 = Au cours du dernier mois, avez-vous pensé à vous tuer ?
question-q3 = Avez-vous pensé à la manière dont vous pourriez le faire ?
question-q4 = Avez-vous eu ces pensées avec l’intention, même faible, de passer à l’acte ?
question-q5 = Avez-vous commencé à prévoir, ou prévu, comment vous tuer, et avez-vous l’intention de le faire ?
question-q6 = Avez-vous déjà fait, commencé ou préparé quelque chose pour mettre fin à votre vie ?
question-q6_recent = Était-ce au cours des trois derniers mois ?
question-intent_now = Avez-vous l’intention de le faire maintenant ?
start-go = Demander quelqu’un
start-go-hint = Ce que vous écrivez est chiffré. Vous pouvez le faire effacer à tout moment.
start-going = Nous cherchons quelqu’un …
start-back = Vous avez déjà une conversation ici.
start-back-go = Y retourner

## Whom else to call

others-heading = D’autres vers qui vous tourner maintenant
others-emergency = Si votre vie est en danger, appelez le
others-country = Pays
others-country-none = N’importe où
others-show = Afficher
others-call = Appeler le { $number }
others-text = Écrire au { $number }
others-page = Site internet
others-hours = Horaires : { $hours }

## Waiting

wait-heading = Nous cherchons quelqu’un pour vous
wait-place = Votre place dans la file : { $place }
wait-next = Vous êtes la prochaine personne.
wait-range = D’habitude, cela prend de { $low } à { $high } minutes à partir d’ici.
wait-upto = D’habitude, cela prend jusqu’à { $high } minutes à partir d’ici.
wait-soon = D’habitude, cela prend moins d’une minute à partir d’ici.
wait-unknown = Nous ne pouvons pas dire combien de temps cela prendra.
wait-meanwhile = Nous demandons à ceux qui sont de service, l’un après l’autre, et votre place reste la vôtre. Vous pouvez déjà écrire : la personne qui vient le lira d’abord. Vous pouvez fermer cette page et revenir tant que ce navigateur reste ouvert ; si vous êtes longtemps absent, nous cessons de chercher.
wait-refresh = Cette page cherche des nouvelles toutes les dix secondes.

## Talking

talk-heading = Votre conversation
talk-with = Vous parlez avec { $name }
talk-someone = Quelqu’un est là pour vous
talk-empty = Rien n’a encore été écrit.
talk-you = Vous
talk-volunteer = Bénévole
talk-professional = Professionnel
talk-supervisor = Responsable
talk-system = Wideawake
talk-write = Votre message
talk-send = Envoyer
talk-write-link = Écrire quelque chose
talk-write-hint = Cette page ne change pas pendant que vous écrivez.
talk-back = Revenir sans écrire
talk-keys = Entrée envoie, Maj et Entrée commence une nouvelle ligne.
talk-typing = On vous écrit …
talk-too-long = C’est trop long pour un message : 4 000 caractères au plus. Envoyez-le en plusieurs fois.
talk-at = à { $time }
state-sending = Envoi …
state-sent = Envoyé
state-kept = Pas encore envoyé. C’est gardé dans cet onglet et partira une seule fois, dès que possible.
state-refused = Ceci n’a pas pu être envoyé.
net-lost = La connexion est perdue. Nous continuons d’essayer. Ce que vous écrivez est gardé dans cet onglet et envoyé une seule fois.
net-down = Nous ne sommes pas joignables en ce moment. Ce que vous écrivez est gardé dans cet onglet et envoyé une seule fois, dès que possible.
net-back = La connexion est revenue.
news-from = { $who } a écrit : { $text }
news-active = Quelqu’un est là pour vous maintenant.

## The end

over-heading = Cette conversation est terminée
over-closed = Merci de nous avoir écrit. Si cela redevient difficile, vous pouvez revenir à toute heure, aussi souvent qu’il le faut.
over-left = Vous avez quitté cette conversation.
over-abandoned = Nous n’avions plus de nouvelles de vous, alors nous avons cessé de chercher. Vous pouvez redemander quand vous voulez. Vous n’y perdez rien.
over-barred = Une personne responsable a mis fin à cette conversation et vous demande de vous tourner ailleurs pour quelque temps. Les services de cette liste sont là pour vous. Si votre vie est en danger, appelez le numéro d’urgence ou écrivez-le-nous : vous serez toujours accueilli.
over-erased = Tout ce que vous avez écrit a été effacé. Plus personne ne peut le lire, nous non plus.
over-erasing = Ce que vous avez écrit est en cours d’effacement. D’autres veillent encore sur votre sécurité ; tout disparaît quand ils ont fini, dans trois jours au plus.
over-kept = Ce que vous avez écrit est gardé, chiffré, jusqu’au { $date }. Ensuite, c’est effacé.
over-kept-long = Ce que vous avez écrit est gardé, chiffré, jusqu’à ce que vous le fassiez effacer.
over-export = Enregistrer une copie de ce qui a été dit
over-erase = Effacer ce qui a été dit
over-erase-hint = On ne pourra pas le retrouver.
over-again = Redemander quelqu’un
over-forget = Fermer cette conversation sur cet appareil

## When something does not work

trouble-heading = Cela n’a pas marché à l’instant
trouble-down = Nous ne sommes pas joignables en ce moment. Ce n’est pas votre faute. Ce que vous avez écrit est toujours là ; réessayez dans un instant. En attendant, ces services sont joignables.
trouble-away = Nous ne sommes pas joignables en ce moment. Ce n’est pas votre faute. Réessayez dans un instant. En attendant, ces services sont joignables.
trouble-busy = Beaucoup de personnes demandent en même temps. Ce que vous avez écrit est toujours là ; réessayez dans une demi-minute. En attendant, ces services sont joignables.
trouble-retry = Ce que vous avez écrit est toujours là, et rien n’est envoyé deux fois. Nous réessayons de nous-mêmes.
trouble-wrong = Quelque chose dans le formulaire n’a pas pu être pris. Regardez-le encore une fois.
trouble-foreign = Ce formulaire venait d’une autre page, donc rien n’a été fait.
trouble-again = Réessayer
trouble-home = À la première page

## Lines and topics. A name that is not here is shown as it is configured.

line-night = Ligne de nuit
line-youth = Ligne jeunes
topic-abuse = Abus
topic-anxiety = Angoisse
topic-depression = Dépression
topic-eating = Alimentation
topic-family = Famille
topic-grief = Deuil
topic-loneliness = Solitude
topic-relationships = Relations
topic-school = École
topic-self-harm = Automutilation
topic-sleep = Sommeil
topic-substances = Alcool ou drogues
topic-suicide = Pensées de suicide
topic-work = Travail

## What Wideawake itself says in a conversation

# Whoever held the request no longer does.
said-released = La personne avec qui vous parliez a dû partir. Quelqu’un d’autre arrive, et vous gardez votre place.
# Nobody of the line speaks the member's language.
said-unserved = En ce moment, personne sur cette ligne ne parle votre langue : nous ne pouvons pas dire combien de temps cela prendra. Vous gardez votre place. Si vous avez besoin de quelqu’un maintenant, essayez l’un des services de cette liste.
# A supervisor ended the conversation for cause.
said-barred = Une personne responsable a mis fin à cette conversation et vous demande de vous tourner ailleurs pour quelque temps. Les services de cette liste sont là pour vous. Si votre vie est en danger, appelez le numéro d’urgence ou dites-le ici : vous serez toujours accueilli.
