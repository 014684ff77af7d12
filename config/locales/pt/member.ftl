# What members read. Short, kind, honest, never cheerful. Whoever reads it may be in a bad state, on a small screen, at night.

## The frame

page-title = Fale com alguém
leave = Sair depressa
leave-hint = Ou carregue três vezes em Esc.
language-choice = Língua
language-go = Mudar

## The first page

start-heading = Aqui pode falar com alguém
start-lead = Escreva o que se passa, muito ou pouco, como quiser. Uma pessoa voluntária com formação lê e responde. Ninguém precisa de saber quem é.
start-message = O que o preocupa?
start-message-hint = Também pode deixar isto vazio e começar quando houver alguém.
start-line = Com quem quer falar?
start-speak = Língua para falar
start-more = Mais sobre si, se quiser
start-more-hint = Nada disto é preciso. Ajuda-nos a encontrar a pessoa certa.
start-alias = Como quer que lhe chamemos?
start-alias-hint = Serve qualquer nome. De preferência, não o verdadeiro.
start-age = Que idade tem?
start-age-none = Prefiro não dizer
age-under_18 = Menos de 18
age-18_25 = Dos 18 aos 25
age-over_25 = Mais de 25
start-topics = De que se trata?
start-questions = Seis perguntas sobre a sua segurança, se quiser
start-questions-hint = Não tem de responder. As respostas decidem quão depressa vem alguém, e mais nada. Ficam seladas, como tudo o que escreve.
start-yes = Sim
start-no = Não
question-q1 = No último mês, desejou estar morto ou morta, ou adormecer e não acordar?
question-q2 = No último mês, pensou em matar-se?
question-q3 = Pensou em como o poderia fazer?
question-q4 = Teve esses pensamentos com alguma intenção, mesmo pequena, de os pôr em prática?
question-q5 = Começou a planear, ou já planeou, como se matar, e tenciona fazê-lo?
question-q6 = Alguma vez fez, começou ou preparou alguma coisa para pôr fim à vida?
question-q6_recent = Isso foi nos últimos três meses?
question-intent_now = Tenciona fazê-lo agora?
start-go = Pedir que venha alguém
start-go-hint = O que escreve é cifrado. Pode mandar apagá-lo a qualquer momento.
start-going = À procura de alguém …
start-back = Já tem uma conversa aqui.
start-back-go = Voltar a ela

## Whom else to call

others-heading = Outros a quem pode recorrer agora
others-emergency = Se a sua vida corre perigo, ligue
others-country = País
others-country-none = Qualquer lugar
others-show = Mostrar
others-call = Ligar { $number }
others-text = Enviar mensagem para { $number }
others-page = Página na internet
others-hours = Horário: { $hours }

## Waiting

wait-heading = Estamos à procura de alguém para si
wait-place = O seu lugar na fila: { $place }
wait-next = É a próxima pessoa.
wait-range = Normalmente demora { $low } a { $high } minutos a partir daqui.
wait-upto = Normalmente demora até { $high } minutos a partir daqui.
wait-soon = Normalmente demora menos de um minuto a partir daqui.
wait-unknown = Não podemos dizer quanto tempo vai demorar.
wait-meanwhile = Perguntamos a quem está de turno, uma pessoa após outra, e o seu lugar continua a ser seu. Já pode escrever: quem vier lê isso primeiro. Pode fechar esta página e voltar enquanto este navegador estiver aberto; se estiver muito tempo ausente, deixamos de procurar.
wait-refresh = Esta página procura novidades de dez em dez segundos.

## Talking

talk-heading = A sua conversa
talk-with = Está a falar com { $name }
talk-someone = Está alguém aqui para si
talk-empty = Ainda não há nada escrito.
talk-you = Eu
talk-volunteer = Voluntariado
talk-professional = Profissional
talk-supervisor = Supervisão
talk-system = Wideawake
talk-write = A sua mensagem
talk-send = Enviar
talk-write-link = Escrever alguma coisa
talk-write-hint = Esta página não muda enquanto escreve.
talk-back = Voltar sem escrever
talk-keys = Enter envia; Shift e Enter começa uma nova linha.
talk-typing = Estão a escrever-lhe …
talk-too-long = É demasiado longo para uma mensagem: 4.000 caracteres no máximo. Envie por partes.
talk-at = às { $time }
state-sending = A enviar …
state-sent = Enviada
state-kept = Ainda não foi enviada. Fica guardada neste separador e sai uma só vez, assim que puder.
state-refused = Isto não pôde ser enviado.
net-lost = Perdeu-se a ligação. Continuamos a tentar. O que escrever fica guardado neste separador e é enviado uma só vez.
net-down = Neste momento não é possível contactar-nos. O que escrever fica guardado neste separador e é enviado uma só vez, assim que for possível.
net-back = A ligação voltou.
news-from = { $who } escreveu: { $text }
news-active = Já está alguém aqui para si.

## The end

over-heading = Esta conversa terminou
over-closed = Obrigado por nos ter escrito. Se voltar a ser difícil, pode voltar a qualquer hora, as vezes que precisar.
over-left = Saiu desta conversa.
over-abandoned = Não tivemos notícias suas durante algum tempo, por isso deixámos de procurar alguém. Pode pedir de novo quando quiser. Não perde nada por isso.
over-barred = Uma pessoa responsável terminou esta conversa e pede que, por algum tempo, procure outro serviço. Os serviços desta lista estão disponíveis para si. Se a sua vida corre perigo, ligue para o número de emergência ou escreva-nos isso: nesse caso é sempre atendido.
over-erased = Tudo o que escreveu foi apagado. Já ninguém o pode ler, nem nós.
over-erasing = O que escreveu está a ser apagado. Ainda há quem esteja a cuidar da sua segurança; desaparece de vez quando terminarem, dentro de três dias no máximo.
over-kept = O que escreveu fica guardado, cifrado, até { $date }. Depois é apagado.
over-kept-long = O que escreveu fica guardado, cifrado, até o mandar apagar.
over-export = Guardar uma cópia do que foi dito
over-erase = Apagar o que foi dito
over-erase-hint = Não se pode recuperar.
over-again = Pedir alguém outra vez
over-forget = Fechar esta conversa neste aparelho

## When something does not work

trouble-heading = Isto não funcionou agora
trouble-down = Neste momento não é possível contactar-nos. A culpa não é sua. O que escreveu continua aqui; tente de novo daqui a pouco. Até lá, pode recorrer a estes serviços.
trouble-away = Neste momento não é possível contactar-nos. A culpa não é sua. Tente de novo daqui a pouco. Até lá, pode recorrer a estes serviços.
trouble-busy = Há muitas pessoas a pedir ajuda ao mesmo tempo. O que escreveu continua aqui; tente de novo daqui a meio minuto. Até lá, pode recorrer a estes serviços.
trouble-retry = O que escreveu continua aqui e nada é enviado duas vezes. Tentamos de novo sozinhos.
trouble-wrong = Alguma coisa no formulário não pôde ser aceite. Veja outra vez, por favor.
trouble-foreign = Este formulário foi enviado de outra página, por isso nada foi feito.
trouble-again = Tentar de novo
trouble-home = Para a primeira página

## Lines and topics. A name that is not here is shown as it is configured.

line-night = Linha da noite
line-youth = Linha jovem
topic-abuse = Abuso
topic-anxiety = Ansiedade
topic-depression = Depressão
topic-eating = Alimentação
topic-family = Família
topic-grief = Luto
topic-loneliness = Solidão
topic-relationships = Relações
topic-school = Escola
topic-self-harm = Autolesão
topic-sleep = Sono
topic-substances = Álcool ou drogas
topic-suicide = Pensamentos de suicídio
topic-work = Trabalho

## What Wideawake itself says in a conversation

# Whoever held the request no longer does.
said-released = A pessoa com quem falava teve de sair. Outra pessoa vem já, e o seu lugar está guardado.
# Nobody of the line speaks the member's language.
said-unserved = Neste momento ninguém nesta linha fala a sua língua, por isso não podemos dizer quanto tempo vai demorar. O seu lugar está guardado. Se precisa de alguém agora, tente um dos serviços desta lista.
# A supervisor ended the conversation for cause.
said-barred = Uma pessoa responsável terminou esta conversa e pede que, por algum tempo, procure outro serviço. Os serviços desta lista estão disponíveis para si. Se a sua vida corre perigo, ligue para o número de emergência ou diga-o aqui: nesse caso é sempre atendido.
