# What members read. Short, kind, honest, never cheerful. Whoever reads it may be in a bad state, on a small screen, at night.

## The frame

page-title = Habla con alguien
leave = Salir rápido
leave-hint = O pulsa Esc tres veces.
language-choice = Idioma
language-go = Cambiar

## The first page

start-heading = Aquí puedes hablar con alguien
start-lead = Escribe lo que te pasa, mucho o poco, como quieras. Una persona voluntaria y formada lo lee y te responde. Nadie necesita saber quién eres.
start-message = ¿Qué te preocupa?
start-message-hint = También puedes dejarlo vacío y empezar cuando haya alguien.
start-line = ¿Con quién quieres hablar?
start-speak = Idioma para hablar
start-more = Más sobre ti, si quieres
start-more-hint = Nada de esto es necesario. Nos ayuda a encontrar a la persona adecuada.
start-alias = ¿Cómo quieres que te llamemos?
start-alias-hint = Vale cualquier nombre. Mejor que no sea el tuyo.
start-age = ¿Qué edad tienes?
start-age-none = Prefiero no decirlo
age-under_18 = Menos de 18
age-18_25 = De 18 a 25
age-over_25 = Más de 25
start-topics = ¿De qué se trata?
start-questions = Seis preguntas sobre tu seguridad, si quieres
start-questions-hint = No tienes que responderlas. Tus respuestas deciden lo pronto que viene alguien, y nada más. Se guardan selladas, como todo lo que escribes.
start-yes = Sí
start-no = No
question-q1 = En el último mes, ¿has deseado estar muerto o muerta, o dormirte y no despertar?
question-q2 = En el último mes, ¿has pensado en matarte?
question-q3 = ¿Has pensado en cómo podrías hacerlo?
question-q4 = ¿Has tenido esos pensamientos con alguna intención, aunque fuera poca, de llevarlos a cabo?
question-q5 = ¿Has empezado a planear, o has planeado ya, cómo matarte, y piensas llevarlo a cabo?
question-q6 = ¿Alguna vez has hecho, empezado o preparado algo para acabar con tu vida?
question-q6_recent = ¿Fue en los últimos tres meses?
question-intent_now = ¿Piensas hacerlo ahora?
start-go = Pedir que venga alguien
start-go-hint = Lo que escribes va cifrado. Puedes hacer que se borre en cualquier momento.
start-going = Buscando a alguien …
start-back = Ya tienes una conversación aquí.
start-back-go = Volver a ella

## Whom else to call

others-heading = Otros a quienes puedes acudir ahora
others-emergency = Si tu vida corre peligro, llama al
others-country = País
others-country-none = Cualquier lugar
others-show = Mostrar
others-call = Llamar al { $number }
others-text = Enviar un mensaje al { $number }
others-page = Sitio web
others-hours = Horario: { $hours }

## Waiting

wait-heading = Estamos buscando a alguien para ti
wait-place = Tu lugar en la fila: { $place }
wait-next = Eres la siguiente persona.
wait-range = Normalmente tarda de { $low } a { $high } minutos desde aquí.
wait-upto = Normalmente tarda hasta { $high } minutos desde aquí.
wait-soon = Normalmente tarda menos de un minuto desde aquí.
wait-unknown = No podemos decir cuánto tardará.
wait-meanwhile = Preguntamos a quienes están de turno, una persona tras otra, y tu lugar sigue siendo tuyo. Ya puedes escribir: quien venga lo leerá primero. Puedes cerrar esta página y volver mientras este navegador siga abierto; si te ausentas mucho tiempo, dejamos de buscar.
wait-refresh = Esta página busca novedades cada diez segundos.

## Talking

talk-heading = Tu conversación
talk-with = Hablas con { $name }
talk-someone = Hay alguien aquí para ti
talk-empty = Todavía no hay nada escrito.
talk-you = Tú
talk-volunteer = Voluntariado
talk-professional = Profesional
talk-supervisor = Supervisión
talk-system = Wideawake
talk-write = Tu mensaje
talk-send = Enviar
talk-write-link = Escribir algo
talk-write-hint = Esta página no cambia mientras escribes.
talk-back = Volver sin escribir
talk-keys = Intro envía; Mayús e Intro empieza una línea nueva.
talk-typing = Te está escribiendo …
talk-too-long = Es demasiado largo para un mensaje: 4.000 caracteres como máximo. Envíalo por partes.
talk-at = a las { $time }
state-sending = Enviando …
state-sent = Enviado
state-kept = Aún no se ha enviado. Se guarda en esta pestaña y sale una sola vez, en cuanto se pueda.
state-refused = Esto no se pudo enviar.
net-lost = Se perdió la conexión. Seguimos intentándolo. Lo que escribas se guarda en esta pestaña y se envía una sola vez.
net-down = En este momento no se nos puede alcanzar. Lo que escribas se guarda en esta pestaña y se envía una sola vez, en cuanto sea posible.
net-back = La conexión ha vuelto.
news-from = { $who } escribió: { $text }
news-active = Ya hay alguien aquí para ti.

## The end

over-heading = Esta conversación ha terminado
over-closed = Gracias por escribirnos. Si vuelve a ponerse difícil, puedes volver a cualquier hora, las veces que necesites.
over-left = Saliste de esta conversación.
over-abandoned = Llevábamos un rato sin saber de ti, así que dejamos de buscar a alguien. Puedes pedirlo de nuevo cuando quieras. No pierdes nada por ello.
over-barred = Una persona responsable ha terminado esta conversación y te pide que por un tiempo acudas a otro lugar. Los servicios de esta lista están a tu disposición. Si tu vida corre peligro, llama al número de emergencias o escríbenoslo: entonces siempre se te atiende.
over-erased = Todo lo que escribiste se ha borrado. Ya nadie puede leerlo, tampoco nosotros.
over-erasing = Lo que escribiste se está borrando. Todavía hay quien vela por tu seguridad; desaparece del todo cuando terminen, en tres días como mucho.
over-kept = Lo que escribiste se guarda cifrado hasta el { $date }. Después se borra.
over-kept-long = Lo que escribiste se guarda cifrado hasta que pidas que se borre.
over-export = Guardar una copia de lo que se dijo
over-erase = Borrar lo que se dijo
over-erase-hint = No se puede recuperar.
over-again = Pedir que venga alguien otra vez
over-forget = Cerrar esta conversación en este dispositivo

## When something does not work

trouble-heading = Esto no ha funcionado
trouble-down = En este momento no se nos puede alcanzar. No es culpa tuya. Lo que escribiste sigue aquí; inténtalo de nuevo en un momento. Mientras tanto, puedes acudir a estos servicios.
trouble-away = En este momento no se nos puede alcanzar. No es culpa tuya. Inténtalo de nuevo en un momento. Mientras tanto, puedes acudir a estos servicios.
trouble-busy = Mucha gente pide ayuda a la vez. Lo que escribiste sigue aquí; inténtalo de nuevo en medio minuto. Mientras tanto, puedes acudir a estos servicios.
trouble-retry = Lo que escribiste sigue aquí y nada se envía dos veces. Lo intentamos de nuevo por nuestra cuenta.
trouble-wrong = Algo del formulario no se pudo aceptar. Míralo otra vez, por favor.
trouble-foreign = Este formulario se envió desde otra página, así que no se hizo nada.
trouble-again = Intentar de nuevo
trouble-home = A la primera página

## Lines and topics. A name that is not here is shown as it is configured.

line-night = Línea nocturna
line-youth = Línea para jóvenes
topic-abuse = Abuso
topic-anxiety = Ansiedad
topic-depression = Depresión
topic-eating = Alimentación
topic-family = Familia
topic-grief = Duelo
topic-loneliness = Soledad
topic-relationships = Relaciones
topic-school = Escuela
topic-self-harm = Autolesiones
topic-sleep = Sueño
topic-substances = Alcohol o drogas
topic-suicide = Pensamientos de suicidio
topic-work = Trabajo

## What Wideawake itself says in a conversation

# Whoever held the request no longer does.
said-released = La persona con la que hablabas ha tenido que irse. Otra persona viene ahora, y conservas tu lugar.
# Nobody of the line speaks the member's language.
said-unserved = En este momento nadie de esta línea habla tu idioma, así que no podemos decirte cuánto tardará. Conservas tu lugar. Si necesitas a alguien ahora, prueba con uno de los servicios de esta lista.
# A supervisor ended the conversation for cause.
said-barred = Una persona responsable ha terminado esta conversación y te pide que por un tiempo acudas a otro lugar. Los servicios de esta lista están a tu disposición. Si tu vida corre peligro, llama al número de emergencias o dilo aquí: entonces siempre se te atiende.
