# The desk and the board: what volunteers, supervisors and professionals read.

desk-name = Mesa de Wideawake
needs-script = Esta página muestra lo que ocurre en el momento y necesita JavaScript para ello. Actívalo para esta dirección.

## Coming in

sign-in-title = Entrar
sign-in-text = Para voluntarios, supervisión y profesionales de esta línea.
sign-in-name = Nombre
sign-in-password = Contraseña
sign-in-code = Código de tu autenticador
sign-in-code-if = (si tienes uno)
sign-in-send = Entrar
sign-in-lost = ¿Aún no tienes nombre o has perdido la contraseña? Pide una invitación a quien lleva tu línea.
sign-in-wrong = El nombre, la contraseña o el código no es correcto.
sign-in-code-needed = El nombre y la contraseña son correctos. Escribe la contraseña otra vez, con las seis cifras que muestra tu autenticador.
sign-in-factor-missing = Tu función necesita un segundo factor y no tienes ninguno. Pide una invitación nueva.
sign-in-too-many = Demasiados intentos desde aquí. Espera unos minutos y prueba otra vez.
sign-in-organisation-done = Has entrado
sign-in-organisation-goes-on = La mesa se abre sola en un momento.
sign-in-organisation-failed = No has entrado
sign-out = Salir

## Being invited

invite-title = Cómo vas a entrar
invite-text = Elige un nombre y una contraseña para la mesa. Este enlace sirve una sola vez.
invite-for = Para { $alias }, hasta { $until }.
invite-name = Nombre para entrar
invite-name-hint = De 3 a 40 letras, cifras, puntos o guiones. Nadie más lo ve. No tu correo electrónico.
invite-password = Contraseña
invite-password-hint = Al menos { $shortest } caracteres. Unas cuantas palabras sin relación entre sí van bien.
invite-again = La misma otra vez
invite-factor = Segundo factor
invite-factor-if = Segundo factor, si quieres
invite-key = Escribe esta clave en una aplicación de autenticación:
invite-link = O abre este enlace en el teléfono que la tiene
invite-code = Código que muestra la aplicación
invite-send = Guardar
invite-organisation-title = O sin contraseña
invite-organisation = Usa tu cuenta de tu organización
invite-organisation-hint = Entras allí, y aquí no necesitas contraseña.
invite-codes-title = Códigos de recuperación
invite-codes = Guárdalos donde no esté tu teléfono. Cada uno sirve una vez, en lugar de un código, si pierdes tu autenticador. Solo se muestran esta vez.
invite-done-title = Eso es todo
invite-done = Ya puedes entrar con el nombre y la contraseña que has elegido. Este enlace ya no sirve.
invite-gone-title = Esta invitación ya no sirve
invite-gone = Se usó, se sustituyó por otra o caducó. Pide una nueva a quien te invitó. Si la usaste tú, entra con el nombre y la contraseña que elegiste.
invite-failed = Inténtalo de nuevo en un momento. Tu enlace sigue sirviendo.
invite-wrong-name = Nombre: de 3 a 40 letras, cifras, puntos o guiones, por favor.
invite-wrong-taken = Nombre: ya está tomado. Elige otro, por favor.
invite-wrong-length = Contraseña: debe tener de { $shortest } a { $longest } caracteres.
invite-wrong-again = Contraseña: las dos no son iguales.
invite-wrong-password = Contraseña: elige otra, por favor. Esta se parece demasiado a tu nombre o está en una lista de contraseñas robadas.
invite-wrong-code = Código: no es el que la aplicación muestra ahora para esta clave.

page-foreign-title = Abre el enlace directamente
page-foreign = Esta respuesta vino de otra página. Abre el enlace del mensaje que te trajo aquí y sigue desde allí.
page-moment = { $time } del { $day } { $month } ({ $zone })

## Being called: the link in a page

answer-took = Te hiciste cargo a las { $when }
answer-took-text = Ya no se llama a nadie más. Abre la mesa para leer y entrar en la conversación.
answer-asked = { $name } te pide que te hagas cargo
answer-asked-text = Hasta que lo hagas, sigue con esa persona.
answer-take-over = Me hago cargo
answer-other = { $name } se hizo cargo a las { $when }
answer-other-text = No tienes que hacer nada. Todavía te lo pueden pasar.
answer-resolved = { $name } lo cerró a las { $when }
answer-resolved-text = Ya terminó. No tienes que hacer nada.
answer-open = Alguien necesita más que voluntariado
answer-open-text = Nadie se ha hecho cargo todavía. Cuando lo hagas, no se llama a nadie más.
answer-take-on = Me hago cargo de esto
answer-line = Línea
answer-priority = Prioridad
answer-since = Desde
answer-called = Se llamó a
answer-you = { $name } (tú)
answer-unknown-title = Este enlace no lleva a ninguna parte
answer-unknown = No está completo o ya no es válido. Ábrelo otra vez desde el mensaje que te llamó, entero. Si sigue sin funcionar, entra en la mesa: allí está lo que te necesita. También puedes responder a un SMS con el código que trae.
answer-failed = Inténtalo de nuevo en un momento. Hasta que alguien se haga cargo se sigue llamando: también puedes entrar en la mesa.

## What cannot be shown

sorry-role-title = Esta página no es para tu función
sorry-role = Has entrado, y esta página es para otras personas. Si crees que deberías verla, habla con quien lleva tu línea.
sorry-none-title = Aquí no hay nada
sorry-none = La dirección no lleva a ninguna parte, o lleva a algo que no te corresponde ver.
sorry-query-title = Eso no se puede mostrar
sorry-query = Lo que se pidió no se puede calcular. Vuelve y pide menos.
sorry-now-title = Ahora mismo no ha funcionado
sorry-now = Algo necesario no está al alcance. Prueba otra vez dentro de un momento.
sorry-desk = A la mesa
sorry-sign-in = Entrar como otra persona

nav-name = Páginas
nav-desk = Mesa
nav-week = Mi semana
nav-board = Tablero
nav-roster = Turnos
nav-coverage = Cobertura
nav-waits = Esperas
nav-history = Registro

role-volunteer = voluntariado
role-supervisor = supervisión
role-professional = profesional
role-admin = administración

day-mon = lun
day-tue = mar
day-wed = mié
day-thu = jue
day-fri = vie
day-sat = sáb
day-sun = dom

month-1 = ene
month-2 = feb
month-3 = mar
month-4 = abr
month-5 = may
month-6 = jun
month-7 = jul
month-8 = ago
month-9 = sept
month-10 = oct
month-11 = nov
month-12 = dic
short-date = { $weekday } { $day } { $month }

language-en = inglés
language-es = español
language-pt = portugués
language-fr = francés
language-de = alemán
language-ar = árabe

## The desk

duty-title = ¿Podemos contar contigo?
duty-ready = Disponible
duty-break = Pausa
duty-off = Fuera
talks-title = Conversaciones
offers-title = Se te ofrece
called-title = Te llaman
nobody = Ahora mismo no hay nadie contigo. Cuando alguien te necesite, aparecerá aquí.
switches-title = Sonido y teclas
switches-hint = El sonido necesita antes un clic o una tecla en esta página: lo piden los navegadores.

say-problem-offline = No tienes conexión. No se ha perdido nada: prueba otra vez dentro de un momento.
say-problem-other = No ha funcionado.
say-problem-unavailable = Algo necesario no está al alcance ahora mismo. Prueba otra vez dentro de un momento.
say-problem-internal = No ha funcionado, y es culpa nuestra. Ha quedado anotado. Prueba otra vez.
say-problem-offer-gone = Otra persona fue más rápida, o se acabó el tiempo.
say-problem-transfer-open = Ya hay un traspaso en marcha.
say-problem-already-closed = Esta conversación ha terminado.
say-problem-escalation-open = Se llamó a alguien por esta conversación y no está resuelto. Se podrá cerrar cuando lo esté.
say-problem-already-resolved = Esto ya está resuelto.
say-problem-acknowledged-by-other = Otra persona se ha hecho cargo. Puede traspasártelo.
say-problem-not-waiting = Ya no está en espera.
say-problem-not-active = Ahora mismo no lo tiene nadie.
say-problem-conflict = Ha cambiado entretanto. Mira otra vez y decide.
say-problem-not-found = No está, o ya no es tuyo.
say-problem-forbidden = Eso no es para tu función.
say-problem-too-many-requests = Demasiadas llamadas desde aquí. Espera un momento.
say-cancel = Cancelar
say-back = Volver
say-done = Hecho.

say-lost = No tienes conexión.
say-lost-first = Las ofertas se retiran después de { $offers }; después de { $talks } tus conversaciones pasan a otra persona, y se avisa a quien habla contigo. Lo que escribas se guarda aquí.
say-lost-offers = Las ofertas se han retirado. Dentro de { $left } tus conversaciones pasan a otra persona, y se avisa a quien habla contigo. Lo que escribas se guarda aquí.
say-lost-over = Tus conversaciones ya han pasado a otra persona, y se ha avisado a quien hablaba contigo. Cuando vuelvas verás cómo están.
say-found = Vuelves a tener conexión.

say-shift-open = Estás de turno toda la semana.
say-shift-ends = Tu turno termina a las { $at } ({ $zone }), dentro de { $left }.
say-ready-off-shift = Estás disponible, pero ahora no tienes turno: no se te ofrece a nadie.
say-off-shift = Ahora no tienes turno.
say-not-responding = Dos ofertas seguidas quedaron sin respuesta, así que estás en pausa. Elige Disponible cuando vuelvas.
say-duty-told-ready = Se te puede preguntar.
say-duty-told-break = Estás en pausa. Lo que tienes sigue contigo.
say-duty-told-off = Estás fuera. Lo que tienes sigue contigo.

say-accept = Aceptar
say-decline = Rechazar
say-declined = Rechazado. Se pregunta a otra persona.
say-offer = { $priority } · { $language } · { $line }
say-offer-handover = Traspaso: { $priority } · { $language } · { $line }
say-offer-topics = Ha elegido: { $topics }
say-offer-left = quedan { $left }
say-offer-last = Se acabó el tiempo; quizá aún puedas aceptar
say-offer-told = Alguien para ti: { $offer }. Quedan { $left }. A acepta, D rechaza; desde un campo de texto, antes Escape.
say-title-offer = Oferta
say-notify-title = Alguien te necesita
say-gone-taken = Otra persona se ha hecho cargo.
say-gone-expired = Se acabó el tiempo. Se pregunta a otra persona.
say-gone-duty = Retirada: ya no estás disponible.
say-gone-shift-over = Retirada: tu turno termina pronto.
say-gone-absent = Retirada: no tenías conexión.
say-gone-needs-changed = Retirada: ahora necesita otra cosa.
say-gone-left = Se ha ido.
say-gone-outranked = Retirada: quizá te necesite alguien más urgente.
say-gone-assigned = La supervisión lo ha asignado.
say-gone-declined = Rechazada.

say-why-me-only = Tú: de quienes están, solo tú puedes con esto ahora.
say-why-me-named = Tú: alguien del equipo pidió que fueras tú.
say-why-me-holds-nothing = Tú: es inminente y no tienes a nadie más.
say-why-me-again = Tú: ya hablasteis y ha pedido hablar contigo otra vez.
say-why-me-preferences = Tú: eres quien más sabe de lo que quiere hablar.
say-why-me-scarcity = Tú: lo que saben hacer los demás puede hacer falta pronto.
say-why-me-load = Tú: tienes más sitio que los demás.
say-why-me-waking = Tú: donde estás es de día.
say-why-me-last-offer = Tú: tu última oferta es la más antigua.
say-why-me-id = Tú: nada te distinguía de los demás.

say-somebody = Alguien
say-you = Tú
say-said = Lo que se ha dicho
say-write-to = Escribir a { $who }
say-enter = Intro envía; Mayúsculas e Intro empieza otra línea.
say-send = Enviar
say-sending = enviando…
say-sent = enviado
say-unsent = sin enviar aún: saldrá cuando vuelvas a tener conexión
say-aside = Solo para quien atiende
say-aside-mark = no lo ve quien pide ayuda
say-erased = Borrado.
say-unread = { $count } sin leer
say-over = Terminada
say-line-since = { $line }, desde { $since }
say-member-clock = allí son las { $clock }
say-returned = ya volvió a la espera: { $count }
say-away = Su conexión está en silencio desde { $since }. Puede que vuelva.
say-away-now = Su conexión está en silencio. Puede que vuelva.
say-told-message = { $who }: { $text }
say-told-away = { $who }: conexión en silencio
say-told-back = { $who } ha vuelto
say-told-priority = { $who }: ahora { $priority }
say-member-left = Se ha ido. La conversación ha terminado.
say-put-away = Quitar de aquí
say-templates = Palabras para empezar

say-nudge-first-reply = Espera una primera palabra tuya.
say-nudge-reply = Lleva un rato esperando respuesta.

say-escalate = Pedir ayuda
say-escalate-title = Pedir ayuda
say-escalate-text = Se llama a personas hasta que alguien se haga cargo. Sigues en la conversación.
say-escalate-whom = A quién
say-escalate-reason = Por qué
say-escalate-hint = Lo lee quien venga. No va en la llamada.
say-escalate-send = Llamar ahora
say-policy-supervisor = A la supervisión
say-policy-clinician = A una persona clínica: puede haber una vida en peligro
say-escalation-raised = Se ha pedido ayuda. Se está llamando.
say-escalation-paging = Se llama a: { $called }.
say-escalation-fallback = Aún no ha respondido nadie. Se llama a toda la supervisión: { $called }.
say-escalation-acknowledged = { $by } se ha hecho cargo.
say-escalation-hand-over = { $by } pide a otra persona que se haga cargo.
say-escalation-reminded = Aún no está resuelto. Se ha vuelto a llamar a: { $called }.
say-escalation-resolved = { $by } lo ha resuelto.

say-transfer = Traspasar
say-transfer-title = Traspasar
say-transfer-text = Se pregunta a otra persona. La conversación sigue contigo hasta que acepte.
say-transfer-note = Lo que debería saber
say-transfer-hint = Solo lo lee quien se haga cargo.
say-transfer-send = Preguntar
say-transfer-asked = Se está preguntando a otra persona. Hasta entonces sigue contigo.
say-transfer-done = Otra persona se ha hecho cargo. Gracias.
say-transfer-failed = Nadie se ha hecho cargo: { $reason }. Sigue contigo.
say-transfer-declined = rechazado
say-transfer-expired = sin respuesta
say-transfer-nobody = no hay nadie libre
say-transfer-withdrawn = retirado

say-release = Devolver
say-release-title = Devolver
say-release-text = Vuelve a la espera y conserva su lugar. Se le dice que viene otra persona. No se te volverá a preguntar por ella.
say-release-reason = Por qué
say-release-send = Devolver
say-released-gave-back = La has devuelto. Se pregunta a otra persona.
say-released-supervisor = La supervisión se la ha dado a otra persona.
say-released-absent = Tu conexión faltó demasiado tiempo. Se le ha avisado y se pregunta a otra persona.
say-released-silent = Pasó demasiado tiempo sin que se escribiera nada. Se pregunta a otra persona.
say-released-closed = Cerrada.
say-released-meanwhile = Mientras no tenías conexión, esta conversación pasó a otra persona o terminó.

say-close = Cerrar
say-close-title = Cerrar la conversación
say-close-text = Se le dice que la conversación ha terminado. Ya nadie puede escribir en ella.
say-close-outcome = Cómo terminó
say-close-assessed = He valorado el riesgo
say-close-must = Con esta prioridad solo se puede cerrar después de hacerlo.
say-close-note = Nota
say-close-hint = Para colegas que responden de esta línea. Se borra con la conversación.
say-close-send = Cerrar
say-outcome-supported = Acompañada
say-outcome-referred = Derivada
say-outcome-escalated = Más que voluntariado
say-outcome-no-reply = Sin respuesta

say-switch-sound = Sonido
say-switch-keys = A y D responden a las ofertas
say-switch-notify = Mostrar notificaciones

say-called-you = Te llaman: { $priority }
say-called-about = { $priority } · { $policy } · { $line }
say-called-mine = te has hecho cargo
say-called-other = { $by } se ha hecho cargo
say-called-open = aún no se ha hecho cargo nadie
say-since = desde { $since }
say-next-step = Siguiente llamada en { $left }
say-remind = Se vuelve a llamar en { $left }
say-acknowledge = Me hago cargo
say-join-beside = Unirme a la conversación
say-join-holder = Tomar la conversación
say-hand-over = Pasar
say-hand-over-title = Pasarlo
say-hand-over-text = Se llama a esa persona. Hasta que se haga cargo, sigue contigo.
say-hand-over-whom = A quién
say-resolve = Resolver
say-resolve-title = Resolver
say-resolve-text = Desde entonces no se llama a nadie y la conversación se puede cerrar.
say-resolve-outcome = Qué resultó
say-resolve-outcome-hint = Una palabra en minúsculas, como safe, referred, emergency_services o no_contact.
say-resolve-confirmed = Quién confirmó que los servicios de emergencia hicieron contacto
say-resolve-confirmed-hint = Hace falta si se los llamó.
say-resolve-note = Nota
say-settled-safe = A salvo
say-settled-referred = Derivada
say-settled-emergency-services = Servicios de emergencia
say-settled-no-contact = Sin contacto

## Codes in words

say-priority-standard = Normal
say-priority-elevated = Elevada
say-priority-urgent = Urgente
say-priority-imminent = Inminente
say-age-under-18 = menos de 18
say-age-18-25 = 18 a 25
say-age-over-25 = más de 25
say-duty-ready = disponible
say-duty-break = en pausa
say-duty-off = fuera
say-from-member = Quien pide ayuda
say-from-volunteer = Voluntariado
say-from-professional = Profesional
say-from-supervisor = Supervisión
say-from-system = Wideawake
say-topic-anxiety = ansiedad
say-topic-grief = duelo
say-topic-loneliness = soledad
say-topic-relationships = relaciones
say-cause-silent = quien atiende no escribió nada
say-cause-no-reply = sin respuesta a quien pide ayuda
say-cause-away = quien pide ayuda quedó en silencio
say-cause-beyond-holder = más de lo que puede llevar quien atiende
say-cause-person = alguien lo pidió
say-cause-rule = una regla
say-stage-raised = a punto de llamar
say-stage-paging = se está llamando
say-stage-fallback = nadie respondió: se llama a toda la supervisión
say-stage-acknowledged = en manos de alguien
say-stage-resolved = resuelto

## My week

week-title = Mi semana
week-did = Esta semana
week-counted = Horas que cuentan
week-most = Como máximo
week-left = Quedan
week-conversations = Conversaciones que te llegaron
week-capacity = Conversaciones a la vez, como máximo
week-what-counts = Cuenta el tiempo con turno y disponible. La semana empieza el lunes a las 00:00 UTC.
week-no-limit = En esta línea no hay límite.
week-shifts = Los próximos catorce días
week-zone = Horas en { $zone }.
week-no-shifts = No tienes turnos en los próximos catorce días.
week-day = Día
week-from = Desde
week-to = Hasta
week-leave = Ausencias
week-calendar = Mis turnos como calendario
week-calendar-hint = Da esta dirección a tu calendario y a nadie más: quien la tenga puede leer tus turnos.
week-skills = Formación
week-until = hasta { $date }
week-lapsed = caducada

## The board

board-title = Tablero
board-sum = De un vistazo
board-ready = Disponibles
board-talking = Hablando
board-escalations = Más que voluntariado
board-no-escalations = No hay nada abierto.
board-waiting = En espera
board-nobody-waits = No espera nadie.
board-active = Hablando ahora
board-nobody-talks = Ahora mismo no habla nadie.
board-duty = De servicio
board-nobody-on-duty = No hay nadie de servicio.
board-place = Lugar
board-priority = Prioridad
board-waits = Espera
board-language = Idioma
board-line = Línea
board-offers = Ofertas
board-open = Abrir
board-with = Con
board-since = Durante
board-state = Estado
board-name = Nombre
board-load = Tiene
board-clock = Hora local
board-shift-ends = Fin del turno
board-show-more = Mostrar más

say-open = Abrir
say-open-waiting = Abrir el lugar { $position }, { $priority }
say-open-active = Abrir la conversación con { $alias }, { $priority }
say-more = { $count } más
say-longest = la más larga { $wait }
say-places = sitios libres: { $count }
say-unanswered = sin respuesta desde hace { $since }
say-unanswered-count = sin respuesta desde hace 2 minutos: { $count }
say-is-away = en silencio
say-is-transferred = en traspaso
say-absent = { $duty }, sin conexión
say-load = { $load } de { $capacity }
say-ends-open = toda la semana
say-ends = { $at } (en { $left })
say-on-call = { $rotation }: { $alias }
say-case = { $policy } · { $line }
say-taken-on = { $by } se ha hecho cargo
say-told-escalation = Se pide ayuda: { $priority }, { $policy }

say-case-title = Una petición
say-fact-priority = Prioridad
say-fact-line = Línea
say-fact-language = Idioma
say-fact-waits = Espera
say-fact-with = Con
say-fact-unanswered = Sin respuesta
say-do-assign = Dársela a alguien
say-do-priority = Cambiar la prioridad
say-do-release = Retirarla
say-do-escalate = Pedir ayuda
say-do-read = Leer la conversación
say-do-decisions = A quién se preguntó, y por qué
say-do-history = En el registro
say-not-on-duty = sin servicio
say-assign-text = Le llega enseguida, tenga lo que tenga. Queda registrado a tu nombre.
say-assign-whom = A quién
say-assign-send = Dar
say-reason = Por qué
say-priority-text = Queda registrado a tu nombre. Solo tú puedes bajarla.
say-priority-send = Cambiar
say-release-other = Vuelve a la espera y conserva su lugar. Se le dice a la persona que viene alguien más.
say-read-text = Que lees, y por qué, queda registrado a tu nombre.
say-read-why = Por qué
say-read-send = Leer
say-read-safety = Alguien puede estar en peligro
say-read-support = Para ayudar a quien atiende
say-read-complaint = Alguien se quejó
say-read-review = Para ver cómo van las conversaciones
say-nobody-asked = Aún no se ha preguntado a nadie.
say-exhausted = Se había preguntado a todos los que se podía: { $at }.
say-came-open = abierta
say-came-accepted = aceptada
say-came-declined = rechazada
say-came-expired = sin respuesta
say-came-withdrawn = retirada. { $reason }
say-why-count = Se podía preguntar a { $could } de { $all }.
say-why-out = { $reason }: { $count }
say-why-them-only = Solo { $alias } podía hacerse cargo.
say-why-them-named = Una persona nombró a { $alias }.
say-why-them-holds-nothing = Era inminente, y { $alias } no tenía a nadie.
say-why-them-again = { $alias } ya había hablado con esta persona.
say-why-them-preferences = { $alias } cumplía más de lo deseado.
say-why-them-scarcity = Lo que sabe { $alias } era lo que menos hacía falta para otros.
say-why-them-load = { $alias } tenía más sitio.
say-why-them-waking = Era de día donde está { $alias }.
say-why-them-last-offer = { $alias } llevaba más tiempo sin ofertas.
say-why-them-id = Nada distinguía a { $alias } de los demás.
say-out-language = otros idiomas
say-out-unqualified = sin formación para ello
say-out-expired = formación caducada
say-out-off-shift = sin turno
say-out-not-ready = sin estar disponible
say-out-absent = sin conexión
say-out-weekly-hours = horas agotadas
say-out-resting = en descanso
say-out-holds-imminent = con alguien en peligro inminente
say-out-full = sin sitio
say-out-winding-down = el turno termina pronto
say-out-set-aside = ya se le preguntó

## Roster, coverage, waits, the record

roster-title = Turnos
roster-text = Cada persona con su reloj. Abre a alguien para cambiar sus horas.
roster-roles = Funciones
roster-languages = Idiomas
roster-now = De turno
roster-next = Próximo turno
roster-until = hasta { $time }
roster-none = ninguno en catorce días
person-title = Horas de { $name }
person-clock = Allí son las { $clock } ({ $zone }).
person-read-only = Puedes ver estas horas, pero no cambiarlas.
person-shifts = Turnos
person-shifts-hint = Horas según el reloj de la zona de al lado. Un final que no es posterior al comienzo es del día siguiente.
person-leave = Ausencias
person-extra = Horas extra
person-next = Los próximos catorce días
person-next-hint = Un turno puede pasar a otra persona: lo recibe como horas extra, y esta persona se ausenta mientras tanto.

say-day-mon = lun
say-day-tue = mar
say-day-wed = mié
say-day-thu = jue
say-day-fri = vie
say-day-sat = sáb
say-day-sun = dom
say-days = Días
say-shift = Un turno
say-date = Fecha
say-start = Desde
say-end = Hasta
say-zone = Zona horaria
say-from = Primer día
say-until = Último día
say-add = Añadir
say-add-weekly = Añadir un turno semanal
say-add-once = Añadir un turno suelto
say-remove = Quitar
say-remove-entry = Quitar de { $start } a { $end }
say-removed = Quitado.
say-save = Guardar los turnos
say-saved = Guardado.
say-no-days = Elige al menos un día para cada turno semanal.
say-no-shifts = Aún no hay turnos.
say-no-next = Nada en los próximos catorce días.
say-give = Dar
say-give-whom = Dar el turno { $shift } a
say-give-nobody = Dar a…
say-given = Ahora lo tiene { $name }.

coverage-title = Cobertura
coverage-text = Cuántas personas voluntarias hay como mínimo en cada hora de los próximos catorce días.
coverage-choices = Qué se cuenta
coverage-people = Todas
coverage-hours =
    { $hours ->
        [one] { $hours } hora sin nadie
       *[other] { $hours } horas sin nadie
    }
coverage-none = sin huecos
coverage-past = pasada
coverage-legend = Un 0 rayado es una hora sin nadie. Cuanto más oscuro, más personas.
coverage-gaps = Huecos
coverage-no-gaps = Siempre hay alguien.
coverage-more =
    { $count ->
        [one] { $count } hueco más
       *[other] { $count } huecos más
    }

waits-title = Esperas
waits-text = Los últimos siete días, tal como fueron. Una espera empieza cuando alguien pide ayuda y termina cuando alguien acepta la petición. Quienes se fueron antes se muestran al lado.
waits-nobody = Nadie pidió ayuda en estos días.
waits-no-plot = Nadie tuvo respuesta en estos días.
waits-wait = Hasta que vino alguien
waits-word = Desde entonces hasta la primera palabra
waits-wait-short = Hasta que vino alguien
waits-word-short = Hasta la primera palabra
waits-beside = Las cifras están en la tabla de abajo.
waits-figures = cifras, en minutos y segundos
waits-asked = Pidieron
waits-half = mitad
waits-nine = 9 de 10
waits-longest = la más larga
waits-left = Se fueron antes
waits-count = cuántas
waits-still = Aún esperan
waits-minutes = minutos

history-title = El registro
history-text = Lo que ocurrió con una petición, una llamada de ayuda, un colega o una rotación, en orden. Lo que alguien escribió no se muestra.
history-of = De qué
history-of-hint = Tipo e identificador, como request:0198c0de-0000-7000-8000-000000000000. Tipos: request, escalation, staff, duty, session, rotation.
history-show = Mostrar
history-wrong = No existe, o no te corresponde verlo.
history-events = Sucesos
history-member = quien pide ayuda
history-next = Los siguientes
