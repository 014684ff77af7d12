# The desk and the board: what volunteers, supervisors and professionals read.

desk-name = Mesa da Wideawake
needs-script = Esta página mostra o que acontece no momento e precisa de JavaScript para isso. Ative-o para este endereço.

## Coming in

sign-in-title = Entrar
sign-in-text = Para voluntários, supervisão e profissionais desta linha.
sign-in-name = Nome
sign-in-password = Palavra-passe
sign-in-code = Código do seu autenticador
sign-in-code-if = (se tiver um)
sign-in-send = Entrar
sign-in-lost = Ainda sem nome, ou perdeu a palavra-passe? Peça um convite a quem gere a sua linha.
sign-in-wrong = O nome, a palavra-passe ou o código não está certo.
sign-in-code-needed = O nome e a palavra-passe estão certos. Escreva outra vez a palavra-passe, com os seis algarismos do seu autenticador.
sign-in-factor-missing = A sua função precisa de um segundo fator, e não tem nenhum. Peça um novo convite.
sign-in-too-many = Demasiadas tentativas daqui. Espere uns minutos e tente outra vez.
sign-in-organisation-done = Entrou
sign-in-organisation-goes-on = A mesa abre-se sozinha dentro de momentos.
sign-in-organisation-failed = Não entrou
sign-out = Sair

## Being invited

invite-title = Como vai entrar
invite-text = Escolha um nome e uma palavra-passe para a mesa. Esta ligação serve uma só vez.
invite-for = Para { $alias }, até { $until }.
invite-name = Nome para entrar
invite-name-hint = De 3 a 40 letras, algarismos, pontos ou hífenes. Ninguém mais o vê. Não o seu e-mail.
invite-password = Palavra-passe
invite-password-hint = Pelo menos { $shortest } caracteres. Algumas palavras sem relação entre si são uma boa escolha.
invite-again = A mesma outra vez
invite-factor = Segundo fator
invite-factor-if = Segundo fator, se quiser
invite-key = Introduza esta chave numa aplicação de autenticação:
invite-link = Ou abra esta ligação no telefone que a tem
invite-code = Código que a aplicação mostra
invite-send = Guardar
invite-organisation-title = Ou sem palavra-passe
invite-organisation = Use a sua conta na sua organização
invite-organisation-hint = Entra por lá, e aqui não precisa de palavra-passe.
invite-codes-title = Códigos de recuperação
invite-codes = Guarde-os onde o seu telefone não esteja. Cada um serve uma vez, em vez de um código, se perder o autenticador. Só são mostrados desta vez.
invite-done-title = É tudo
invite-done = Já pode entrar com o nome e a palavra-passe que escolheu. Esta ligação já não serve.
invite-gone-title = Este convite já não serve
invite-gone = Foi usado, substituído por outro ou expirou. Peça um novo a quem o convidou. Se foi você que o usou, entre com o nome e a palavra-passe que escolheu.
invite-failed = Tente de novo dentro de momentos. A sua ligação continua a servir.
invite-wrong-name = Nome: de 3 a 40 letras, algarismos, pontos ou hífenes, por favor.
invite-wrong-taken = Nome: esse já existe. Escolha outro, por favor.
invite-wrong-length = Palavra-passe: tem de ter de { $shortest } a { $longest } caracteres.
invite-wrong-again = Palavra-passe: as duas não são iguais.
invite-wrong-password = Palavra-passe: escolha outra, por favor. Esta é demasiado parecida com o seu nome ou está numa lista de palavras-passe roubadas.
invite-wrong-code = Código: não é o que a aplicação mostra agora para esta chave.

page-foreign-title = Abra a própria ligação
page-foreign = Esta resposta veio de outra página. Abra a ligação da mensagem que o trouxe aqui e continue a partir daí.
page-moment = { $time } de { $day } { $month } ({ $zone })

## Being called: the link in a page

answer-took = Assumiu às { $when }
answer-took-text = Mais ninguém é chamado agora. Abra a mesa para ler e entrar na conversa.
answer-asked = { $name } pede-lhe que assuma
answer-asked-text = Até lá, fica com essa pessoa.
answer-take-over = Eu assumo
answer-other = { $name } assumiu às { $when }
answer-other-text = Não tem de fazer nada. Ainda lhe pode ser passado.
answer-resolved = { $name } encerrou às { $when }
answer-resolved-text = Acabou. Não tem de fazer nada.
answer-open = Alguém precisa de mais do que voluntariado
answer-open-text = Ainda ninguém assumiu. Quando assumir, mais ninguém é chamado.
answer-take-on = Eu assumo isto
answer-line = Linha
answer-priority = Prioridade
answer-since = Desde
answer-called = Chamados
answer-you = { $name } (você)
answer-unknown-title = Esta ligação não leva a lado nenhum
answer-unknown = Não está completa ou já não é válida. Abra-a de novo a partir da mensagem que o chamou, toda ela. Se continuar a não funcionar, entre na mesa: o que precisa de si está lá. Também pode responder a um SMS com o código que traz.
answer-failed = Tente de novo dentro de momentos. Até alguém assumir, continua a chamar-se: também pode entrar na mesa.

## What cannot be shown

sorry-role-title = Esta página não é para a sua função
sorry-role = Entrou, e esta página é para outras pessoas. Se acha que a devia ver, fale com quem gere a sua linha.
sorry-none-title = Não há nada aqui
sorry-none = O endereço não leva a lado nenhum, ou a algo que não lhe cabe ver.
sorry-query-title = Isso não se pode mostrar
sorry-query = O que foi pedido não se consegue calcular. Volte atrás e peça menos.
sorry-now-title = Não resultou neste momento
sorry-now = Algo necessário não está acessível. Tente outra vez daqui a pouco.
sorry-desk = Para a mesa
sorry-sign-in = Entrar como outra pessoa

nav-name = Páginas
nav-desk = Mesa
nav-week = A minha semana
nav-board = Quadro
nav-roster = Escala
nav-coverage = Cobertura
nav-waits = Esperas
nav-history = Registo

role-volunteer = voluntariado
role-supervisor = supervisão
role-professional = profissional
role-admin = administração

day-mon = seg
day-tue = ter
day-wed = qua
day-thu = qui
day-fri = sex
day-sat = sáb
day-sun = dom

month-1 = jan
month-2 = fev
month-3 = mar
month-4 = abr
month-5 = mai
month-6 = jun
month-7 = jul
month-8 = ago
month-9 = set
month-10 = out
month-11 = nov
month-12 = dez
short-date = { $weekday } { $day } { $month }

language-en = inglês
language-es = espanhol
language-pt = português
language-fr = francês
language-de = alemão
language-ar = árabe

## The desk

duty-title = Podemos contar consigo?
duty-ready = Disponível
duty-break = Pausa
duty-off = Fora
talks-title = Conversas
offers-title = Para si
called-title = Está a ser chamado
nobody = Neste momento não está ninguém consigo. Quando alguém precisar de si, aparece aqui.
switches-title = Som e teclas
switches-hint = O som precisa primeiro de um clique ou de uma tecla nesta página: os navegadores exigem-no.

say-problem-offline = Não tem ligação. Nada se perdeu: tente outra vez daqui a pouco.
say-problem-other = Não resultou.
say-problem-unavailable = Algo necessário não está acessível neste momento. Tente outra vez daqui a pouco.
say-problem-internal = Não resultou, e a culpa é nossa. Ficou anotado. Tente outra vez.
say-problem-offer-gone = Outra pessoa foi mais rápida, ou o tempo acabou.
say-problem-transfer-open = Já há uma passagem em curso.
say-problem-already-closed = Esta conversa terminou.
say-problem-escalation-open = Alguém foi chamado por causa desta conversa, e isso não está resolvido. Pode ser fechada quando estiver.
say-problem-already-resolved = Isto já está resolvido.
say-problem-acknowledged-by-other = Outra pessoa assumiu. Pode passar-lho.
say-problem-not-waiting = Já não está à espera.
say-problem-not-active = Neste momento ninguém o tem.
say-problem-conflict = Entretanto mudou. Veja outra vez e decida.
say-problem-not-found = Não está cá, ou já não é seu.
say-problem-forbidden = Isso não é para a sua função.
say-problem-too-many-requests = Demasiadas chamadas daqui. Espere um momento.
say-cancel = Cancelar
say-back = Voltar
say-done = Feito.

say-lost = Não tem ligação.
say-lost-first = As ofertas são retiradas ao fim de { $offers }; ao fim de { $talks } as suas conversas passam para outra pessoa, e quem fala consigo é avisado. O que escrever fica guardado aqui.
say-lost-offers = As ofertas foram retiradas. Dentro de { $left } as suas conversas passam para outra pessoa, e quem fala consigo é avisado. O que escrever fica guardado aqui.
say-lost-over = As suas conversas já passaram para outra pessoa, e quem falava consigo foi avisado. Quando voltar, vê como estão.
say-found = Tem ligação outra vez.

say-shift-open = Está de turno toda a semana.
say-shift-ends = O seu turno acaba às { $at } ({ $zone }), daqui a { $left }.
say-ready-off-shift = Está disponível, mas agora sem turno: ninguém lhe é apresentado.
say-off-shift = Agora não tem turno.
say-not-responding = Duas ofertas seguidas ficaram sem resposta, por isso está em pausa. Escolha Disponível quando voltar.
say-duty-told-ready = Pode ser chamado.
say-duty-told-break = Está em pausa. O que tem continua consigo.
say-duty-told-off = Está fora. O que tem continua consigo.

say-accept = Aceitar
say-decline = Recusar
say-declined = Recusado. Pergunta-se a outra pessoa.
say-offer = { $priority } · { $language } · { $line }
say-offer-handover = Passagem: { $priority } · { $language } · { $line }
say-offer-topics = Escolheu: { $topics }
say-offer-left = faltam { $left }
say-offer-last = O tempo acabou; aceitar talvez ainda resulte
say-offer-told = Alguém para si: { $offer }. Faltam { $left }. A aceita, D recusa; a partir de um campo de texto, primeiro Escape.
say-title-offer = Oferta
say-notify-title = Alguém precisa de si
say-gone-taken = Outra pessoa assumiu.
say-gone-expired = O tempo acabou. Pergunta-se a outra pessoa.
say-gone-duty = Retirada: já não está disponível.
say-gone-shift-over = Retirada: o seu turno acaba em breve.
say-gone-absent = Retirada: ficou sem ligação.
say-gone-needs-changed = Retirada: agora é preciso outra coisa.
say-gone-left = Foi-se embora.
say-gone-outranked = Retirada: pode ser preciso para alguém mais urgente.
say-gone-assigned = A supervisão entregou-a a alguém.
say-gone-declined = Recusada.

say-why-me-only = Você: de quem está, só você pode assumir isto agora.
say-why-me-named = Você: um colega pediu que fosse você.
say-why-me-holds-nothing = Você: é iminente, e não tem mais ninguém.
say-why-me-again = Você: já falaram, e pediu para falar consigo outra vez.
say-why-me-preferences = Você: é quem mais sabe do assunto.
say-why-me-scarcity = Você: o que os outros sabem pode fazer falta em breve.
say-why-me-load = Você: tem mais lugar do que os outros.
say-why-me-waking = Você: é de dia onde está.
say-why-me-last-offer = Você: a sua última oferta é a mais antiga.
say-why-me-id = Você: nada o distinguia dos outros.

say-somebody = Alguém
say-you = Você
say-said = O que foi dito
say-write-to = Escrever a { $who }
say-enter = Enter envia; Shift e Enter começa outra linha.
say-send = Enviar
say-sending = a enviar…
say-sent = enviado
say-unsent = por enviar: segue quando tiver ligação outra vez
say-aside = Só para o voluntário
say-aside-mark = não visível para quem pede ajuda
say-erased = Apagado.
say-unread = { $count } por ler
say-over = Terminada
say-line-since = { $line }, desde { $since }
say-member-clock = lá são { $clock }
say-returned = já voltou à espera: { $count }
say-away = A ligação está em silêncio desde { $since }. Pode voltar.
say-away-now = A ligação está em silêncio. Pode voltar.
say-told-message = { $who }: { $text }
say-told-away = { $who }: ligação em silêncio
say-told-back = { $who } voltou
say-told-priority = { $who }: agora { $priority }
say-member-left = Foi-se embora. A conversa terminou.
say-put-away = Arrumar
say-templates = Palavras para começar

say-nudge-first-reply = Espera uma primeira palavra sua.
say-nudge-reply = Espera resposta há algum tempo.

say-escalate = Pedir ajuda
say-escalate-title = Pedir ajuda
say-escalate-text = Chamam-se pessoas até alguém assumir. Você fica na conversa.
say-escalate-whom = Quem
say-escalate-reason = Porquê
say-escalate-hint = Quem vier lê isto. Não vai na chamada.
say-escalate-send = Chamar agora
say-policy-supervisor = A supervisão
say-policy-clinician = Um clínico: uma vida pode estar em perigo
say-escalation-raised = Foi pedida ajuda. Está a chamar-se.
say-escalation-paging = A chamar: { $called }.
say-escalation-fallback = Ainda ninguém respondeu. Chama-se toda a supervisão: { $called }.
say-escalation-acknowledged = { $by } assumiu.
say-escalation-hand-over = { $by } pede a outra pessoa que assuma.
say-escalation-reminded = Ainda não está resolvido. Chamados outra vez: { $called }.
say-escalation-resolved = { $by } resolveu.

say-transfer = Passar
say-transfer-title = Passar
say-transfer-text = Pergunta-se a outra pessoa. A conversa fica consigo até ela aceitar.
say-transfer-note = O que deve saber
say-transfer-hint = Só quem assumir o lê.
say-transfer-send = Perguntar
say-transfer-asked = Está a perguntar-se a outra pessoa. Até lá continua consigo.
say-transfer-done = Outra pessoa assumiu. Obrigado.
say-transfer-failed = Ninguém assumiu: { $reason }. Continua consigo.
say-transfer-declined = recusado
say-transfer-expired = sem resposta
say-transfer-nobody = ninguém está livre
say-transfer-withdrawn = retirado

say-release = Devolver
say-release-title = Devolver
say-release-text = A pessoa volta a esperar e guarda o lugar. É-lhe dito que vem outra pessoa. Não lhe voltarão a perguntar por ela.
say-release-reason = Porquê
say-release-send = Devolver
say-released-gave-back = Devolveu-a. Pergunta-se a outra pessoa.
say-released-supervisor = A supervisão entregou-a a outra pessoa.
say-released-absent = A sua ligação faltou demasiado tempo. A pessoa foi avisada, e pergunta-se a outra.
say-released-silent = Nada foi escrito durante demasiado tempo. Pergunta-se a outra pessoa.
say-released-closed = Fechada.
say-released-meanwhile = Enquanto não tinha ligação, esta conversa passou para outra pessoa ou terminou.

say-close = Fechar
say-close-title = Fechar a conversa
say-close-text = É dito à pessoa que a conversa terminou. Já ninguém pode escrever nela.
say-close-outcome = Como terminou
say-close-assessed = Avaliei o risco
say-close-must = Com esta prioridade só pode ser fechada depois disso.
say-close-note = Nota
say-close-hint = Para colegas que respondem por esta linha. É apagada com a conversa.
say-close-send = Fechar
say-outcome-supported = Apoiada
say-outcome-referred = Encaminhada
say-outcome-escalated = Mais do que um voluntário
say-outcome-no-reply = Sem resposta

say-switch-sound = Som
say-switch-keys = A e D respondem às ofertas
say-switch-notify = Mostrar notificações

say-called-you = Está a ser chamado: { $priority }
say-called-about = { $priority } · { $policy } · { $line }
say-called-mine = você assumiu
say-called-other = { $by } assumiu
say-called-open = ainda ninguém assumiu
say-since = desde { $since }
say-next-step = Próxima chamada em { $left }
say-remind = Nova chamada em { $left }
say-acknowledge = Eu assumo
say-join-beside = Entrar na conversa
say-join-holder = Assumir a conversa
say-hand-over = Passar
say-hand-over-title = Passar a outra pessoa
say-hand-over-text = Essa pessoa é chamada. Até assumir, fica consigo.
say-hand-over-whom = A quem
say-resolve = Resolver
say-resolve-title = Resolver
say-resolve-text = A partir daí não se chama ninguém, e a conversa pode ser fechada.
say-resolve-outcome = O que resultou
say-resolve-outcome-hint = Uma palavra em minúsculas, como safe, referred, emergency_services ou no_contact.
say-resolve-confirmed = Quem confirmou que os serviços de emergência fizeram contacto
say-resolve-confirmed-hint = Preciso quando foram chamados.
say-resolve-note = Nota
say-settled-safe = Em segurança
say-settled-referred = Encaminhada
say-settled-emergency-services = Serviços de emergência
say-settled-no-contact = Sem contacto

## Codes in words

say-priority-standard = Normal
say-priority-elevated = Elevada
say-priority-urgent = Urgente
say-priority-imminent = Iminente
say-age-under-18 = menos de 18
say-age-18-25 = 18 a 25
say-age-over-25 = mais de 25
say-duty-ready = disponível
say-duty-break = em pausa
say-duty-off = fora
say-from-member = Quem pede ajuda
say-from-volunteer = Voluntariado
say-from-professional = Profissional
say-from-supervisor = Supervisão
say-from-system = Wideawake
say-topic-anxiety = ansiedade
say-topic-grief = luto
say-topic-loneliness = solidão
say-topic-relationships = relações
say-cause-silent = o voluntário não escreveu nada
say-cause-no-reply = sem resposta a quem pede ajuda
say-cause-away = quem pede ajuda ficou em silêncio
say-cause-beyond-holder = mais do que o voluntário pode levar
say-cause-person = alguém pediu
say-cause-rule = uma regra
say-stage-raised = prestes a chamar
say-stage-paging = está a chamar-se
say-stage-fallback = ninguém respondeu: chama-se toda a supervisão
say-stage-acknowledged = assumido
say-stage-resolved = resolvido

## My week

week-title = A minha semana
week-did = Esta semana
week-counted = Horas que contam
week-most = No máximo
week-left = Restam
week-conversations = Conversas que lhe chegaram
week-capacity = Conversas ao mesmo tempo, no máximo
week-what-counts = Conta o tempo com turno e disponível. Uma semana começa na segunda-feira às 00:00 UTC.
week-no-limit = Nesta linha não há limite.
week-shifts = Os próximos catorze dias
week-zone = Horas de { $zone }.
week-no-shifts = Não tem turnos nos próximos catorze dias.
week-day = Dia
week-from = De
week-to = Até
week-leave = Ausências
week-calendar = Os meus turnos como calendário
week-calendar-hint = Dê este endereço ao seu calendário e a mais ninguém: quem o tiver pode ler os seus turnos.
week-skills = Formação
week-until = até { $date }
week-lapsed = caducada

## The board

board-title = Quadro
board-sum = Num relance
board-ready = Disponíveis
board-talking = A falar
board-escalations = Mais do que um voluntário
board-no-escalations = Nada está aberto.
board-waiting = À espera
board-nobody-waits = Ninguém espera.
board-active = A falar agora
board-nobody-talks = Neste momento ninguém fala.
board-duty = De serviço
board-nobody-on-duty = Ninguém está de serviço.
board-place = Lugar
board-priority = Prioridade
board-waits = Espera
board-language = Língua
board-line = Linha
board-offers = Ofertas
board-open = Abrir
board-with = Com
board-since = Há
board-state = Estado
board-name = Nome
board-load = Tem
board-clock = Hora local
board-shift-ends = Fim do turno
board-show-more = Mostrar mais

say-open = Abrir
say-open-waiting = Abrir o lugar { $position }, { $priority }
say-open-active = Abrir a conversa com { $alias }, { $priority }
say-more = mais { $count }
say-longest = a mais longa { $wait }
say-places = lugares livres: { $count }
say-unanswered = sem resposta há { $since }
say-unanswered-count = sem resposta há 2 minutos: { $count }
say-is-away = em silêncio
say-is-transferred = em passagem
say-absent = { $duty }, sem ligação
say-load = { $load } de { $capacity }
say-ends-open = toda a semana
say-ends = { $at } (em { $left })
say-on-call = { $rotation }: { $alias }
say-case = { $policy } · { $line }
say-taken-on = { $by } assumiu
say-told-escalation = Pede-se ajuda: { $priority }, { $policy }

say-case-title = Um pedido
say-fact-priority = Prioridade
say-fact-line = Linha
say-fact-language = Língua
say-fact-waits = Espera
say-fact-with = Com
say-fact-unanswered = Sem resposta
say-do-assign = Entregar a alguém
say-do-priority = Mudar a prioridade
say-do-release = Retirar
say-do-escalate = Pedir ajuda
say-do-read = Ler a conversa
say-do-decisions = A quem se perguntou, e porquê
say-do-history = No registo
say-not-on-duty = fora de serviço
say-assign-text = Chega-lhe logo, tenha o que tiver. Fica registado em seu nome.
say-assign-whom = A quem
say-assign-send = Entregar
say-reason = Porquê
say-priority-text = Fica registado em seu nome. Só você a pode baixar.
say-priority-send = Mudar
say-release-other = Volta a esperar e guarda o lugar. É dito à pessoa que vem outra.
say-read-text = Que lê, e porquê, fica registado em seu nome.
say-read-why = Porquê
say-read-send = Ler
say-read-safety = Alguém pode estar em perigo
say-read-support = Para ajudar o voluntário
say-read-complaint = Alguém se queixou
say-read-review = Para ver como correm as conversas
say-nobody-asked = Ainda não se perguntou a ninguém.
say-exhausted = Já se tinha perguntado a todos os possíveis: { $at }.
say-came-open = aberta
say-came-accepted = aceite
say-came-declined = recusada
say-came-expired = sem resposta
say-came-withdrawn = retirada. { $reason }
say-why-count = Podia perguntar-se a { $could } de { $all }.
say-why-out = { $reason }: { $count }
say-why-them-only = Só { $alias } podia assumir.
say-why-them-named = Uma pessoa indicou { $alias }.
say-why-them-holds-nothing = Era iminente, e { $alias } não tinha ninguém.
say-why-them-again = { $alias } já tinha falado com esta pessoa.
say-why-them-preferences = { $alias } cumpria mais do que se desejava.
say-why-them-scarcity = O que { $alias } sabe era o que menos faltava a outros.
say-why-them-load = { $alias } tinha mais lugar.
say-why-them-waking = Era de dia onde { $alias } está.
say-why-them-last-offer = { $alias } esperava há mais tempo por uma oferta.
say-why-them-id = Nada distinguia { $alias } dos outros.
say-out-language = outras línguas
say-out-unqualified = sem formação para isso
say-out-expired = formação caducada
say-out-off-shift = sem turno
say-out-not-ready = sem estar disponível
say-out-absent = sem ligação
say-out-weekly-hours = horas esgotadas
say-out-resting = a descansar
say-out-holds-imminent = com alguém em perigo iminente
say-out-full = sem lugar
say-out-winding-down = turno a acabar
say-out-set-aside = já perguntado

## Roster, coverage, waits, the record

roster-title = Escala
roster-text = Cada pessoa com o seu relógio. Abra alguém para mudar as horas.
roster-roles = Funções
roster-languages = Línguas
roster-now = De turno
roster-next = Próximo turno
roster-until = até { $time }
roster-none = nenhum em catorze dias
person-title = Horas de { $name }
person-clock = Lá são { $clock } ({ $zone }).
person-read-only = Pode ver estas horas, mas não mudá-las.
person-shifts = Turnos
person-shifts-hint = Horas pelo relógio do fuso ao lado. Um fim que não é depois do início é no dia seguinte.
person-leave = Ausências
person-extra = Horas extra
person-next = Os próximos catorze dias
person-next-hint = Um turno pode passar para outra pessoa: ela recebe-o como horas extra, e esta fica ausente nesse tempo.

say-day-mon = seg
say-day-tue = ter
say-day-wed = qua
say-day-thu = qui
say-day-fri = sex
say-day-sat = sáb
say-day-sun = dom
say-days = Dias
say-shift = Um turno
say-date = Data
say-start = De
say-end = Até
say-zone = Fuso horário
say-from = Primeiro dia
say-until = Último dia
say-add = Juntar
say-add-weekly = Juntar um turno semanal
say-add-once = Juntar um turno único
say-remove = Tirar
say-remove-entry = Tirar de { $start } a { $end }
say-removed = Tirado.
say-save = Guardar os turnos
say-saved = Guardado.
say-no-days = Escolha pelo menos um dia para cada turno semanal.
say-no-shifts = Ainda não há turnos.
say-no-next = Nada nos próximos catorze dias.
say-give = Entregar
say-give-whom = Entregar o turno { $shift } a
say-give-nobody = Entregar a…
say-given = Agora é de { $name }.

coverage-title = Cobertura
coverage-text = Quantos voluntários há no mínimo em cada hora dos próximos catorze dias.
coverage-choices = O que se conta
coverage-people = Todos
coverage-hours =
    { $hours ->
        [one] { $hours } hora sem ninguém
       *[other] { $hours } horas sem ninguém
    }
coverage-none = sem falhas
coverage-past = passada
coverage-legend = Um 0 tracejado é uma hora sem ninguém. Quanto mais escuro, mais pessoas.
coverage-gaps = Falhas
coverage-no-gaps = Há sempre alguém.
coverage-more =
    { $count ->
        [one] mais { $count } falha
       *[other] mais { $count } falhas
    }

waits-title = Esperas
waits-text = Os últimos sete dias, tal como foram. Uma espera começa quando alguém pede e acaba quando alguém assume o pedido. Quem se foi antes está ao lado.
waits-nobody = Ninguém pediu nestes dias.
waits-no-plot = Ninguém teve resposta nestes dias.
waits-wait = Até alguém vir
waits-word = Daí à primeira palavra
waits-wait-short = Até alguém vir
waits-word-short = Até à primeira palavra
waits-beside = Os números estão na tabela abaixo.
waits-figures = números, em minutos e segundos
waits-asked = Pedidos
waits-half = metade
waits-nine = 9 em 10
waits-longest = a mais longa
waits-left = Foram-se antes
waits-count = quantos
waits-still = Ainda esperam
waits-minutes = minutos

history-title = O registo
history-text = O que aconteceu a um pedido, uma chamada de ajuda, um colega ou uma rotação, por ordem. O que alguém escreveu não se mostra.
history-of = De quê
history-of-hint = Tipo e identificador, como request:0198c0de-0000-7000-8000-000000000000. Tipos: request, escalation, staff, duty, session, rotation.
history-show = Mostrar
history-wrong = Não existe, ou não lhe cabe ver.
history-events = Acontecimentos
history-member = quem pede ajuda
history-next = Os seguintes
