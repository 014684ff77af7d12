//! What Wideawake itself says to a member, in their language where it can.

use wideawake_domain::Language;

/// The words of one language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words {
    tag: &'static str,
    /// Whoever held the request no longer does.
    pub(crate) released: &'static str,
    /// Nobody of the line speaks the member's language.
    pub(crate) unserved: &'static str,
    /// A supervisor ended the conversation for cause.
    pub(crate) barred: &'static str,
}

/// The first is for everyone whose language is not among them.
const ALL: [Words; 6] = [
    Words {
        tag: "en",
        released: "The person you were talking with had to go. Someone else is coming, and you keep your place.",
        unserved: "At the moment nobody on this line speaks your language, so we cannot say how long this will take. You keep your place. If you need someone now, please try one of the services listed here.",
        barred: "This conversation was ended by a supervisor, who asks you to turn elsewhere for a while. The services listed here are there for you. If your life is in danger, call the emergency number, or say so here: then you are always let in.",
    },
    Words {
        tag: "es",
        released: "La persona con la que hablabas ha tenido que irse. Otra persona viene ahora, y conservas tu lugar.",
        unserved: "En este momento nadie de esta línea habla tu idioma, así que no podemos decirte cuánto tardará. Conservas tu lugar. Si necesitas a alguien ahora, prueba con uno de los servicios de esta lista.",
        barred: "Una persona responsable ha terminado esta conversación y te pide que por un tiempo acudas a otro lugar. Los servicios de esta lista están a tu disposición. Si tu vida corre peligro, llama al número de emergencias o dilo aquí: entonces siempre se te atiende.",
    },
    Words {
        tag: "pt",
        released: "A pessoa com quem falava teve de sair. Outra pessoa vem já, e o seu lugar está guardado.",
        unserved: "Neste momento ninguém nesta linha fala a sua língua, por isso não podemos dizer quanto tempo vai demorar. O seu lugar está guardado. Se precisa de alguém agora, tente um dos serviços desta lista.",
        barred: "Uma pessoa responsável terminou esta conversa e pede que, por algum tempo, procure outro serviço. Os serviços desta lista estão disponíveis para si. Se a sua vida corre perigo, ligue para o número de emergência ou diga-o aqui: nesse caso é sempre atendido.",
    },
    Words {
        tag: "fr",
        released: "La personne avec qui vous parliez a dû partir. Quelqu’un d’autre arrive, et vous gardez votre place.",
        unserved: "En ce moment, personne sur cette ligne ne parle votre langue : nous ne pouvons pas dire combien de temps cela prendra. Vous gardez votre place. Si vous avez besoin de quelqu’un maintenant, essayez l’un des services de cette liste.",
        barred: "Une personne responsable a mis fin à cette conversation et vous demande de vous tourner ailleurs pour quelque temps. Les services de cette liste sont là pour vous. Si votre vie est en danger, appelez le numéro d’urgence ou dites-le ici : vous serez toujours accueilli.",
    },
    Words {
        tag: "de",
        released: "Die Person, mit der du gesprochen hast, musste gehen. Jemand anderes kommt, und dein Platz bleibt dir.",
        unserved: "Im Moment spricht auf dieser Linie niemand deine Sprache. Wir können nicht sagen, wie lange es dauert. Dein Platz bleibt dir. Wenn du jetzt jemanden brauchst, versuche es bitte bei einer der Stellen in dieser Liste.",
        barred: "Eine verantwortliche Person hat dieses Gespräch beendet und bittet dich, dich für eine Weile an andere zu wenden. Die Stellen in dieser Liste sind für dich da. Wenn dein Leben in Gefahr ist, ruf die Notrufnummer an oder sag es hier: Dann wirst du immer aufgenommen.",
    },
    Words {
        tag: "ar",
        released: "اضطر الشخص الذي كنت تتحدث معه إلى المغادرة. شخص آخر قادم إليك، ومكانك محفوظ.",
        unserved: "في هذه اللحظة لا يوجد على هذا الخط من يتحدث لغتك، لذلك لا يمكننا أن نقول كم سيستغرق ذلك. مكانك محفوظ. إذا كنت بحاجة إلى شخص الآن، فجرّب إحدى الجهات المذكورة هنا.",
        barred: "أنهى أحد المشرفين هذه المحادثة ويطلب منك أن تتوجه إلى جهة أخرى لبعض الوقت. الجهات المذكورة هنا موجودة من أجلك. إذا كانت حياتك في خطر فاتصل برقم الطوارئ أو قل ذلك هنا: عندها تُستقبل دائمًا.",
    },
];

/// The words for whoever wants to talk in `language`.
pub(crate) fn words(language: &Language) -> &'static Words {
    let known = language.lookup_chain().find_map(|tag| ALL.iter().find(|words| words.tag == tag.as_str()));
    known.unwrap_or(&ALL[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_gets_the_words_of_its_language_and_the_unknown_get_english() {
        for (tag, expected) in [("pt-BR", "pt"), ("ar", "ar"), ("de-CH-1996", "de"), ("tlh", "en")] {
            let language: Language = tag.parse().expect("a tag");
            assert_eq!(words(&language).tag, expected, "{tag}");
        }
    }
}
