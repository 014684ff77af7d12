# What members read. Short, kind, honest, never cheerful. Whoever reads it may be in a bad state, on a small screen, at night.

## The frame

page-title = تحدّث مع شخص
leave = خروج سريع
leave-hint = أو اضغط على Esc ثلاث مرات.
language-choice = اللغة
language-go = تغيير

## The first page

start-heading = يمكنك هنا أن تتحدث مع شخص
start-lead = اكتب ما يحدث، كثيرًا كان أو قليلًا، كما تشاء. يقرؤه متطوع مدرَّب ويجيبك. لا أحد يحتاج إلى معرفة من أنت.
start-message = ما الذي يشغل بالك؟
start-message-hint = يمكنك أيضًا أن تترك هذا فارغًا وتبدأ عندما يحضر شخص.
start-line = مع من تريد أن تتحدث؟
start-speak = لغة الحديث
start-more = المزيد عنك، إن أردت
start-more-hint = لا شيء من هذا ضروري. إنه يساعدنا على إيجاد الشخص المناسب.
start-alias = بماذا نناديك؟
start-alias-hint = أي اسم يكفي. والأفضل ألا يكون اسمك الحقيقي.
start-age = كم عمرك؟
start-age-none = أفضّل ألا أقول
age-under_18 = أقل من 18
age-18_25 = من 18 إلى 25
age-over_25 = أكثر من 25
start-topics = ما الموضوع؟
start-questions = ستة أسئلة عن سلامتك، إن أردت
start-questions-hint = لست مضطرًا إلى الإجابة. إجاباتك تحدد كم من الوقت يمر قبل أن يحضر شخص، ولا شيء غير ذلك. وتُحفظ مختومة مثل كل ما تكتبه.
start-yes = نعم
start-no = لا
question-q1 = خلال الشهر الماضي، هل تمنيت أن تكون ميتًا، أو أن تنام ولا تستيقظ؟
question-q2 = خلال الشهر الماضي، هل راودتك أفكار بقتل نفسك؟
question-q3 = هل فكرت في الطريقة التي قد تفعل بها ذلك؟
question-q4 = هل راودتك هذه الأفكار مع نية، ولو قليلة، لتنفيذها؟
question-q5 = هل بدأت تخطط، أو خططت، كيف تقتل نفسك، وهل تنوي تنفيذ ذلك؟
question-q6 = هل سبق أن فعلت شيئًا أو بدأت أو حضّرت شيئًا لإنهاء حياتك؟
question-q6_recent = هل كان ذلك خلال الأشهر الثلاثة الماضية؟
question-intent_now = هل تنوي فعل ذلك الآن؟
start-go = اطلب شخصًا
start-go-hint = ما تكتبه مشفَّر. ويمكنك أن تطلب محوه في أي وقت.
start-going = نبحث عن شخص …
start-back = لديك محادثة هنا بالفعل.
start-back-go = العودة إليها

## Whom else to call

others-heading = جهات أخرى يمكنك اللجوء إليها الآن
others-emergency = إذا كانت حياتك في خطر فاتصل على
others-country = البلد
others-country-none = أي مكان
others-show = عرض
others-call = اتصل على { $number }
others-text = أرسل رسالة إلى { $number }
others-page = الموقع
others-hours = الأوقات: { $hours }

## Waiting

wait-heading = نبحث عن شخص من أجلك
wait-place = مكانك في الدور: { $place }
wait-next = أنت التالي.
wait-range = المدة المعتادة من هنا بالدقائق: من { $low } إلى { $high }.
wait-upto = المدة المعتادة من هنا بالدقائق: حتى { $high }.
wait-soon = يستغرق الأمر عادةً أقل من دقيقة من هنا.
wait-unknown = لا يمكننا أن نقول كم سيستغرق ذلك.
wait-meanwhile = نسأل من هم في الخدمة واحدًا تلو الآخر، ومكانك يبقى لك. يمكنك أن تكتب من الآن: من يحضر يقرأ ذلك أولًا. يمكنك إغلاق هذه الصفحة والعودة ما دام هذا المتصفح مفتوحًا؛ وإذا غبت طويلًا نتوقف عن البحث.
wait-refresh = تبحث هذه الصفحة عن الجديد كل عشر ثوانٍ.

## Talking

talk-heading = محادثتك
talk-with = أنت تتحدث مع { $name }
talk-someone = هناك شخص معك الآن
talk-empty = لم يُكتب شيء بعد.
talk-you = أنت
talk-volunteer = متطوع
talk-professional = مختص
talk-supervisor = مشرف
talk-system = Wideawake
talk-write = رسالتك
talk-send = إرسال
talk-write-link = اكتب شيئًا
talk-write-hint = تبقى هذه الصفحة كما هي وأنت تكتب.
talk-back = العودة دون كتابة
talk-keys = مفتاح Enter يرسل، و Shift مع Enter يبدأ سطرًا جديدًا.
talk-typing = يُكتب لك الآن …
talk-too-long = هذا أطول من أن يكون رسالة واحدة: 4000 حرف على الأكثر. أرسله على أجزاء من فضلك.
talk-at = الساعة { $time }
state-sending = يجري الإرسال …
state-sent = أُرسلت
state-kept = لم تُرسل بعد. تُحفظ في هذا التبويب وتُرسل مرة واحدة حالما يمكن.
state-refused = تعذّر إرسال هذا.
net-lost = انقطع الاتصال. نواصل المحاولة. ما تكتبه يُحفظ في هذا التبويب ويُرسل مرة واحدة.
net-down = لا يمكن الوصول إلينا في هذه اللحظة. ما تكتبه يُحفظ في هذا التبويب ويُرسل مرة واحدة حالما يمكن ذلك.
net-back = عاد الاتصال.
news-from = كتب { $who }: { $text }
news-active = هناك شخص معك الآن.

## The end

over-heading = انتهت هذه المحادثة
over-closed = شكرًا لأنك كتبت إلينا. إذا صعب الأمر مرة أخرى فيمكنك العودة في أي ساعة، بقدر ما تحتاج.
over-left = غادرت هذه المحادثة.
over-abandoned = لم نسمع منك لفترة، فتوقفنا عن البحث. يمكنك أن تطلب مرة أخرى متى شئت. لا تخسر شيئًا بذلك.
over-barred = أنهى أحد المشرفين هذه المحادثة ويطلب منك أن تتوجه إلى جهة أخرى لبعض الوقت. الجهات المذكورة هنا موجودة من أجلك. إذا كانت حياتك في خطر فاتصل برقم الطوارئ أو اكتب لنا ذلك: عندها تُستقبل دائمًا.
over-erased = مُحي كل ما كتبته. لا أحد يستطيع قراءته بعد الآن، ولا نحن.
over-erasing = يجري محو ما كتبته. ما زال هناك من يهتم بسلامتك؛ ويختفي كل شيء حين ينتهون، خلال ثلاثة أيام على الأكثر.
over-kept = يُحفظ ما كتبته مشفَّرًا حتى { $date }. ثم يُمحى.
over-kept-long = يُحفظ ما كتبته مشفَّرًا إلى أن تطلب محوه.
over-export = احفظ نسخة مما قيل
over-erase = امحُ ما قيل
over-erase-hint = لا يمكن استعادته.
over-again = اطلب شخصًا مرة أخرى
over-forget = أغلق هذه المحادثة على هذا الجهاز

## When something does not work

trouble-heading = لم ينجح هذا الآن
trouble-down = لا يمكن الوصول إلينا في هذه اللحظة. ليس الذنب ذنبك. ما كتبته ما زال هنا؛ حاول مرة أخرى بعد قليل. وحتى ذلك الحين يمكن الوصول إلى هذه الجهات.
trouble-away = لا يمكن الوصول إلينا في هذه اللحظة. ليس الذنب ذنبك. حاول مرة أخرى بعد قليل. وحتى ذلك الحين يمكن الوصول إلى هذه الجهات.
trouble-busy = كثيرون يطلبون في الوقت نفسه. ما كتبته ما زال هنا؛ حاول مرة أخرى بعد نصف دقيقة. وحتى ذلك الحين يمكن الوصول إلى هذه الجهات.
trouble-retry = ما كتبته ما زال هنا، ولا يُرسل شيء مرتين. سنحاول مرة أخرى من تلقاء أنفسنا.
trouble-wrong = تعذّر قبول شيء في النموذج. انظر إليه مرة أخرى من فضلك.
trouble-foreign = أُرسل هذا النموذج من صفحة أخرى، لذلك لم يحدث شيء.
trouble-again = حاول مرة أخرى
trouble-home = إلى الصفحة الأولى

## Lines and topics. A name that is not here is shown as it is configured.

line-night = خط الليل
line-youth = خط الشباب
topic-abuse = إساءة
topic-anxiety = قلق
topic-depression = اكتئاب
topic-eating = الأكل
topic-family = العائلة
topic-grief = فقدان
topic-loneliness = وحدة
topic-relationships = علاقات
topic-school = المدرسة
topic-self-harm = إيذاء النفس
topic-sleep = النوم
topic-substances = كحول أو مخدرات
topic-suicide = أفكار انتحارية
topic-work = العمل

## What Wideawake itself says in a conversation

# Whoever held the request no longer does.
said-released = اضطر الشخص الذي كنت تتحدث معه إلى المغادرة. شخص آخر قادم إليك، ومكانك محفوظ.
# Nobody of the line speaks the member's language.
said-unserved = في هذه اللحظة لا يوجد على هذا الخط من يتحدث لغتك، لذلك لا يمكننا أن نقول كم سيستغرق ذلك. مكانك محفوظ. إذا كنت بحاجة إلى شخص الآن، فجرّب إحدى الجهات المذكورة هنا.
# A supervisor ended the conversation for cause.
said-barred = أنهى أحد المشرفين هذه المحادثة ويطلب منك أن تتوجه إلى جهة أخرى لبعض الوقت. الجهات المذكورة هنا موجودة من أجلك. إذا كانت حياتك في خطر فاتصل برقم الطوارئ أو قل ذلك هنا: عندها تُستقبل دائمًا.
