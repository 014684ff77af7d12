# The desk and the board: what volunteers, supervisors and professionals read.

desk-name = مكتب Wideawake
needs-script = تعرض هذه الصفحة ما يحدث الآن وتحتاج إلى JavaScript. فعّله لهذا العنوان.

## Coming in

sign-in-title = تسجيل الدخول
sign-in-text = للمتطوعين والمشرفين والمختصين في هذا الخط.
sign-in-name = الاسم
sign-in-password = كلمة المرور
sign-in-code = الرمز من تطبيق المصادقة
sign-in-code-if = (إن كان لديك)
sign-in-send = دخول
sign-in-lost = لا اسم لك بعد، أو ضاعت كلمة المرور؟ اطلب دعوة ممن يدير خطك.
sign-in-wrong = الاسم أو كلمة المرور أو الرمز غير صحيح.
sign-in-code-needed = الاسم وكلمة المرور صحيحان. أدخل كلمة المرور مرة أخرى مع الأرقام الستة من تطبيق المصادقة.
sign-in-factor-missing = دورك يحتاج إلى عامل ثانٍ، وليس لديك. اطلب دعوة جديدة.
sign-in-too-many = محاولات كثيرة من هنا. انتظر بضع دقائق ثم حاول مرة أخرى.
sign-in-organisation-done = لقد دخلت
sign-in-organisation-goes-on = يُفتح المكتب من تلقاء نفسه بعد لحظة.
sign-in-organisation-failed = لم تدخل
sign-out = خروج

## Being invited

invite-title = كيف ستدخل
invite-text = اختر اسمًا وكلمة مرور لمكتب العمل. هذا الرابط صالح لمرة واحدة.
invite-for = من أجل { $alias }، حتى { $until }.
invite-name = اسم الدخول
invite-name-hint = من 3 إلى 40 حرفًا لاتينيًا أو رقمًا أو نقطة أو شرطة. لا يراه أحد غيرك. ليس بريدك الإلكتروني.
invite-password = كلمة المرور
invite-password-hint = { $shortest } حرفًا على الأقل. بضع كلمات لا صلة بينها اختيار جيد.
invite-again = نفسها مرة أخرى
invite-factor = عامل ثانٍ
invite-factor-if = عامل ثانٍ، إن شئت
invite-key = أدخل هذا المفتاح في تطبيق مصادقة:
invite-link = أو افتح هذا الرابط على الهاتف الذي فيه التطبيق
invite-code = الرمز الذي يعرضه التطبيق
invite-send = حفظ
invite-organisation-title = أو من دون كلمة مرور
invite-organisation = استخدم حسابك لدى منظمتك
invite-organisation-hint = تدخل من هناك، ولا تحتاج إلى كلمة مرور هنا.
invite-codes-title = رموز الاسترداد
invite-codes = احفظها في غير هاتفك. كل رمز صالح مرة واحدة بدل رمز التطبيق إن فقدت تطبيق المصادقة. لا تُعرض إلا هذه المرة.
invite-done-title = هذا كل شيء
invite-done = يمكنك الدخول بالاسم وكلمة المرور اللذين اخترتهما. انتهت صلاحية هذا الرابط.
invite-gone-title = انتهت هذه الدعوة
invite-gone = استُخدمت أو حلّت محلها أخرى أو انتهت مدتها. اطلب دعوة جديدة ممن دعاك. إن كنت أنت من استخدمها فادخل بالاسم وكلمة المرور اللذين اخترتهما.
invite-failed = حاول مرة أخرى بعد لحظة. ما زال رابطك صالحًا.
invite-wrong-name = الاسم: من 3 إلى 40 حرفًا لاتينيًا أو رقمًا أو نقطة أو شرطة، من فضلك.
invite-wrong-taken = الاسم: هذا الاسم مأخوذ. اختر غيره من فضلك.
invite-wrong-length = كلمة المرور: يجب أن تكون من { $shortest } إلى { $longest } حرفًا.
invite-wrong-again = كلمة المرور: الكلمتان غير متطابقتين.
invite-wrong-password = كلمة المرور: اختر غيرها من فضلك. هذه تشبه اسمك كثيرًا أو توجد في قائمة كلمات مسروقة.
invite-wrong-code = الرمز: ليس هو الرمز الذي يعرضه التطبيق الآن لهذا المفتاح.

page-foreign-title = افتح الرابط نفسه
page-foreign = جاءت هذه الإجابة من صفحة أخرى. افتح الرابط في الرسالة التي أتت بك إلى هنا، وتابع من هناك.
page-moment = { $time } يوم { $day } { $month } ({ $zone })

## Being called: the link in a page

answer-took = توليت الأمر عند { $when }
answer-took-text = لا يُستدعى أحد غيرك الآن. افتح مكتب العمل لتقرأ وتنضم إلى المحادثة.
answer-asked = { $name } يطلب منك أن تتولى الأمر
answer-asked-text = حتى تفعل، يبقى الأمر لديه.
answer-take-over = أتولى الأمر بدلًا منه
answer-other = { $name } تولى الأمر عند { $when }
answer-other-text = ليس عليك شيء. يمكن أن يُسلَّم إليك لاحقًا.
answer-resolved = { $name } أنهى الأمر عند { $when }
answer-resolved-text = انتهى الأمر. ليس عليك شيء.
answer-open = شخص يحتاج إلى أكثر من متطوع
answer-open-text = لم يتولّ أحد الأمر بعد. حين تفعل لن يُستدعى أحد غيرك.
answer-take-on = أتولى الأمر
answer-line = الخط
answer-priority = الأولوية
answer-since = منذ
answer-called = من استُدعوا
answer-you = { $name } (أنت)
answer-unknown-title = هذا الرابط لا يؤدي إلى شيء
answer-unknown = إنه غير مكتمل أو لم يعد صالحًا. افتحه مرة أخرى كاملًا من الرسالة التي استدعتك. إن لم ينجح فادخل إلى مكتب العمل: ما يحتاج إليك مذكور هناك. ويمكنك أيضًا الرد على الرسالة النصية بالرمز الذي فيها.
answer-failed = حاول مرة أخرى بعد لحظة. إلى أن يتولى أحد الأمر يستمر استدعاء الناس: يمكنك أيضًا الدخول إلى مكتب العمل.

## What cannot be shown

sorry-role-title = هذه الصفحة ليست لدورك
sorry-role = أنت مسجّل الدخول، وهذه الصفحة لغيرك. إن ظننت أنك يجب أن تراها فاسأل من يدير خطك.
sorry-none-title = لا شيء هنا
sorry-none = هذا العنوان لا يقود إلى شيء، أو يقود إلى ما لا يحق لك رؤيته.
sorry-query-title = لا يمكن عرض ذلك
sorry-query = لا يمكن حساب ما طُلب. ارجع واطلب أقل.
sorry-now-title = لم ينجح ذلك الآن
sorry-now = شيء مطلوب لا يمكن الوصول إليه. حاول مرة أخرى بعد قليل.
sorry-desk = إلى المكتب
sorry-sign-in = الدخول باسم آخر

nav-name = الصفحات
nav-desk = المكتب
nav-week = أسبوعي
nav-board = اللوحة
nav-roster = الجدول
nav-coverage = التغطية
nav-waits = الانتظار
nav-history = السجل

role-volunteer = متطوع
role-supervisor = مشرف
role-professional = مختص
role-admin = إدارة

day-mon = الاثنين
day-tue = الثلاثاء
day-wed = الأربعاء
day-thu = الخميس
day-fri = الجمعة
day-sat = السبت
day-sun = الأحد

month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر
short-date = { $weekday } { $day } { $month }

language-en = الإنجليزية
language-es = الإسبانية
language-pt = البرتغالية
language-fr = الفرنسية
language-de = الألمانية
language-ar = العربية

## The desk

duty-title = هل يمكن أن نسألك؟
duty-ready = متاح
duty-break = استراحة
duty-off = خارج الخدمة
talks-title = المحادثات
offers-title = معروض عليك
called-title = أنت مدعو
nobody = لا أحد معك الآن. حين يحتاج إليك أحد يظهر هنا.
switches-title = الصوت والمفاتيح
switches-hint = يحتاج الصوت أولًا إلى نقرة أو مفتاح في هذه الصفحة: هكذا تطلب المتصفحات.

say-problem-offline = أنت غير متصل. لم يضع شيء: حاول مرة أخرى بعد قليل.
say-problem-other = لم ينجح ذلك.
say-problem-unavailable = شيء مطلوب لا يمكن الوصول إليه الآن. حاول مرة أخرى بعد قليل.
say-problem-internal = لم ينجح ذلك، والخطأ منا. سُجّل الأمر. حاول مرة أخرى.
say-problem-offer-gone = كان غيرك أسرع، أو انتهى الوقت.
say-problem-transfer-open = هناك تسليم جارٍ بالفعل.
say-problem-already-closed = انتهت هذه المحادثة.
say-problem-escalation-open = استُدعي أحد لهذه المحادثة ولم يُحسم الأمر. يمكن إغلاقها حين يُحسم.
say-problem-already-resolved = حُسم هذا بالفعل.
say-problem-acknowledged-by-other = تولى الأمر شخص آخر، ويمكنه تسليمه إليك.
say-problem-not-waiting = لم يعد في الانتظار.
say-problem-not-active = لا أحد يتولاه الآن.
say-problem-conflict = تغيّر الأمر في هذه الأثناء. انظر مرة أخرى ثم قرر.
say-problem-not-found = غير موجود، أو لم يعد لك.
say-problem-forbidden = هذا ليس لدورك.
say-problem-too-many-requests = نداءات كثيرة من هنا. انتظر لحظة.
say-cancel = إلغاء
say-back = رجوع
say-done = تم.

say-lost = أنت غير متصل.
say-lost-first = تُسحب العروض بعد { $offers }؛ وبعد { $talks } تنتقل محادثاتك إلى غيرك ويُخبَر من تحدثهم. ما تكتبه يبقى هنا.
say-lost-offers = سُحبت العروض. بعد { $left } تنتقل محادثاتك إلى غيرك ويُخبَر من تحدثهم. ما تكتبه يبقى هنا.
say-lost-over = انتقلت محادثاتك الآن إلى غيرك وأُخبر من كنت تحدثهم. حين تعود ترى كيف صار الأمر.
say-found = أنت متصل من جديد.

say-shift-open = أنت في نوبتك طوال الأسبوع.
say-shift-ends = تنتهي نوبتك في { $at } ({ $zone })، بعد { $left }.
say-ready-off-shift = أنت متاح، لكنك لست في نوبة الآن: لا يُعرض عليك أحد.
say-off-shift = لست في نوبة الآن.
say-not-responding = بقي عرضان متتاليان بلا رد، لذلك أنت في استراحة. اختر «متاح» حين تعود.
say-duty-told-ready = يمكن أن نسألك.
say-duty-told-break = أنت في استراحة. من معك يبقى معك.
say-duty-told-off = أنت خارج الخدمة. من معك يبقى معك.

say-accept = قبول
say-decline = رفض
say-declined = رُفض. يُسأل شخص آخر.
say-offer = { $priority } · { $language } · { $line }
say-offer-handover = تسليم: { $priority } · { $language } · { $line }
say-offer-topics = اختار: { $topics }
say-offer-left = بقي { $left }
say-offer-last = انتهى الوقت؛ ربما ما زال القبول ممكنًا
say-offer-told = شخص معروض عليك: { $offer }. بقي { $left }. A للقبول، D للرفض؛ ومن حقل نص اضغط Escape أولًا.
say-title-offer = عرض
say-notify-title = شخص يحتاج إليك
say-gone-taken = تولاه شخص آخر.
say-gone-expired = انتهى الوقت. يُسأل شخص آخر.
say-gone-duty = سُحب: لم تعد متاحًا.
say-gone-shift-over = سُحب: تنتهي نوبتك قريبًا.
say-gone-absent = سُحب: انقطع اتصالك.
say-gone-needs-changed = سُحب: يلزم الآن شيء آخر.
say-gone-left = غادر.
say-gone-outranked = سُحب: قد نحتاج إليك لمن هو أشد حاجة.
say-gone-assigned = أعطاه مشرف لشخص ما.
say-gone-declined = رُفض.

say-why-me-only = أنت: من بين الحاضرين، أنت وحدك تستطيع تولي هذا الآن.
say-why-me-named = أنت: طلبك زميل.
say-why-me-holds-nothing = أنت: الأمر وشيك، وليس معك أحد آخر.
say-why-me-again = أنت: تحدثتما من قبل، وطُلبت مرة أخرى.
say-why-me-preferences = أنت: أكثرهم معرفة بما يراد الحديث عنه.
say-why-me-scarcity = أنت: ما يستطيعه الآخرون قد يلزم لغيره قريبًا.
say-why-me-load = أنت: لديك متسع أكثر من غيرك.
say-why-me-waking = أنت: الوقت نهار حيث أنت.
say-why-me-last-offer = أنت: عرضك الأخير هو الأقدم.
say-why-me-id = أنت: لم يميّزك شيء عن زميل.

say-somebody = شخص
say-you = أنت
say-said = ما قيل
say-write-to = اكتب إلى { $who }
say-enter = Enter يرسل، وShift مع Enter يبدأ سطرًا جديدًا.
say-send = إرسال
say-sending = يُرسل…
say-sent = أُرسل
say-unsent = لم يُرسل بعد: يُرسل حين تتصل من جديد
say-aside = للمتطوع وحده
say-aside-mark = لا يراه طالب الدعم
say-erased = مُحي.
say-unread = { $count } جديد
say-over = انتهت
say-line-since = { $line }، منذ { $since }
say-member-clock = الساعة هناك { $clock }
say-returned = عاد إلى الانتظار من قبل: { $count }
say-away = اتصاله صامت منذ { $since }. قد يعود.
say-away-now = اتصاله صامت. قد يعود.
say-told-message = { $who }: { $text }
say-told-away = { $who }: الاتصال صامت
say-told-back = عاد { $who }
say-told-priority = { $who }: الآن { $priority }
say-member-left = غادر. انتهت المحادثة.
say-put-away = إبعاد
say-templates = كلمات للبداية

say-nudge-first-reply = ينتظر منك كلمة أولى.
say-nudge-reply = ينتظر ردك منذ مدة.

say-escalate = طلب المساعدة
say-escalate-title = طلب المساعدة
say-escalate-text = يُستدعى أشخاص إلى أن يتولى أحدهم الأمر. تبقى أنت في المحادثة.
say-escalate-whom = من
say-escalate-reason = لماذا
say-escalate-hint = يقرؤه من يأتي. ليس في النداء نفسه.
say-escalate-send = استدعِ الآن
say-policy-supervisor = مشرف
say-policy-clinician = مختص سريري: قد تكون حياة في خطر
say-escalation-raised = طُلبت المساعدة. يجري استدعاء أشخاص.
say-escalation-paging = يُستدعى: { $called }.
say-escalation-fallback = لم يرد أحد بعد. يُستدعى كل المشرفين: { $called }.
say-escalation-acknowledged = تولى { $by } الأمر.
say-escalation-hand-over = يطلب { $by } من شخص آخر تولي الأمر.
say-escalation-reminded = لم يُحسم الأمر بعد. استُدعي مرة أخرى: { $called }.
say-escalation-resolved = حسم { $by } الأمر.

say-transfer = تسليم
say-transfer-title = تسليم
say-transfer-text = يُسأل شخص آخر. تبقى المحادثة معك إلى أن يقبل.
say-transfer-note = ما ينبغي أن يعرفه
say-transfer-hint = لا يقرؤه إلا من يتولى.
say-transfer-send = اسأل
say-transfer-asked = يُسأل شخص آخر. إلى ذلك الحين يبقى معك.
say-transfer-done = تولى شخص آخر. شكرًا.
say-transfer-failed = لم يتولَّ أحد: { $reason }. ما زال معك.
say-transfer-declined = رُفض
say-transfer-expired = لا رد
say-transfer-nobody = لا أحد متاح
say-transfer-withdrawn = سُحب

say-release = إعادة
say-release-title = إعادة
say-release-text = يعود إلى الانتظار ويحتفظ بمكانه. يُقال له إن شخصًا آخر قادم. لن تُسأل عنه مرة أخرى.
say-release-reason = لماذا
say-release-send = إعادة
say-released-gave-back = أعدته. يُسأل شخص آخر.
say-released-supervisor = أعطاه مشرف لشخص آخر.
say-released-absent = غاب اتصالك طويلًا. أُخبر بذلك، ويُسأل شخص آخر.
say-released-silent = لم يُكتب شيء لوقت طويل. يُسأل شخص آخر.
say-released-closed = أُغلقت.
say-released-meanwhile = حين كنت غير متصل انتقلت هذه المحادثة إلى غيرك أو انتهت.

say-close = إغلاق
say-close-title = إغلاق المحادثة
say-close-text = يُقال له إن المحادثة انتهت. لا يستطيع أحد الكتابة فيها بعد ذلك.
say-close-outcome = كيف انتهت
say-close-assessed = نظرت في الخطر
say-close-must = بهذه الأولوية لا تُغلق إلا بعد ذلك.
say-close-note = ملاحظة
say-close-hint = للزملاء المسؤولين عن هذا الخط. تُمحى مع المحادثة.
say-close-send = إغلاق
say-outcome-supported = تلقى الدعم
say-outcome-referred = أُحيل إلى جهة أخرى
say-outcome-escalated = أكثر من متطوع
say-outcome-no-reply = لا رد

say-switch-sound = صوت
say-switch-keys = A وD للرد على العروض
say-switch-notify = إظهار الإشعارات

say-called-you = أنت مدعو: { $priority }
say-called-about = { $priority } · { $policy } · { $line }
say-called-mine = توليت الأمر
say-called-other = تولى { $by } الأمر
say-called-open = لم يتولَّ أحد الأمر بعد
say-since = منذ { $since }
say-next-step = النداء التالي بعد { $left }
say-remind = نداء آخر بعد { $left }
say-acknowledge = أتولى الأمر
say-join-beside = الانضمام إلى المحادثة
say-join-holder = تولي المحادثة
say-hand-over = تسليم
say-hand-over-title = تسليم الأمر
say-hand-over-text = يُستدعى ذلك الشخص. إلى أن يتولى الأمر يبقى لديك.
say-hand-over-whom = إلى من
say-resolve = حسم
say-resolve-title = حسم الأمر
say-resolve-text = بعد ذلك لا يُستدعى أحد، ويمكن إغلاق المحادثة.
say-resolve-outcome = ما آل إليه الأمر
say-resolve-outcome-hint = كلمة بأحرف صغيرة، مثل safe أو referred أو emergency_services أو no_contact.
say-resolve-confirmed = من أكد أن خدمات الطوارئ تواصلت
say-resolve-confirmed-hint = يلزم حين تُستدعى.
say-resolve-note = ملاحظة
say-settled-safe = في أمان
say-settled-referred = أُحيل إلى جهة أخرى
say-settled-emergency-services = خدمات الطوارئ
say-settled-no-contact = لا تواصل

## Codes in words

say-priority-standard = عادية
say-priority-elevated = مرتفعة
say-priority-urgent = عاجلة
say-priority-imminent = وشيكة
say-age-under-18 = دون 18
say-age-18-25 = من 18 إلى 25
say-age-over-25 = فوق 25
say-duty-ready = متاح
say-duty-break = في استراحة
say-duty-off = خارج الخدمة
say-from-member = طالب الدعم
say-from-volunteer = متطوع
say-from-professional = مختص
say-from-supervisor = مشرف
say-from-system = Wideawake
say-topic-anxiety = قلق
say-topic-grief = فقد
say-topic-loneliness = وحدة
say-topic-relationships = علاقات
say-cause-silent = لم يكتب المتطوع شيئًا
say-cause-no-reply = لا رد على طالب الدعم
say-cause-away = صمت طالب الدعم
say-cause-beyond-holder = أكثر مما يحمله المتطوع
say-cause-person = طلبه شخص
say-cause-rule = قاعدة
say-stage-raised = على وشك النداء
say-stage-paging = يجري الاستدعاء
say-stage-fallback = لم يرد أحد: يُستدعى كل المشرفين
say-stage-acknowledged = تولاه أحد
say-stage-resolved = حُسم

## My week

week-title = أسبوعي
week-did = هذا الأسبوع
week-counted = الساعات المحسوبة
week-most = على الأكثر
week-left = المتبقي
week-conversations = محادثات وصلت إليك
week-capacity = محادثات في وقت واحد، على الأكثر
week-what-counts = يُحسب الوقت الذي تكون فيه في نوبة ومتاحًا. يبدأ الأسبوع يوم الاثنين 00:00 بالتوقيت العالمي.
week-no-limit = لا حد في هذا الخط.
week-shifts = الأيام الأربعة عشر القادمة
week-zone = الأوقات بتوقيت { $zone }.
week-no-shifts = لا نوبات لك في الأيام الأربعة عشر القادمة.
week-day = اليوم
week-from = من
week-to = إلى
week-leave = غياب
week-calendar = نوباتي كتقويم
week-calendar-hint = أعطِ هذا العنوان لتقويمك وحده: من يملكه يستطيع قراءة نوباتك.
week-skills = التدريب
week-until = حتى { $date }
week-lapsed = انتهى

## The board

board-title = اللوحة
board-sum = نظرة سريعة
board-ready = متاحون
board-talking = يتحدثون
board-escalations = أكثر من متطوع
board-no-escalations = لا شيء مفتوح.
board-waiting = في الانتظار
board-nobody-waits = لا أحد ينتظر.
board-active = يتحدثون الآن
board-nobody-talks = لا أحد يتحدث الآن.
board-duty = في الخدمة
board-nobody-on-duty = لا أحد في الخدمة.
board-place = المكان
board-priority = الأولوية
board-waits = ينتظر
board-language = اللغة
board-line = الخط
board-offers = عروض
board-open = فتح
board-with = مع
board-since = منذ
board-state = الحال
board-name = الاسم
board-load = معه
board-clock = الوقت المحلي
board-shift-ends = نهاية النوبة
board-show-more = عرض المزيد

say-open = فتح
say-open-waiting = فتح المكان { $position }، { $priority }
say-open-active = فتح المحادثة مع { $alias }، { $priority }
say-more = { $count } أخرى
say-longest = الأطول { $wait }
say-places = أماكن شاغرة: { $count }
say-unanswered = بلا رد منذ { $since }
say-unanswered-count = بلا رد منذ دقيقتين: { $count }
say-is-away = طالب الدعم صامت
say-is-transferred = قيد التسليم
say-absent = { $duty }، غير متصل
say-load = { $load } من { $capacity }
say-ends-open = طوال الأسبوع
say-ends = { $at } (بعد { $left })
say-on-call = { $rotation }: { $alias }
say-case = { $policy } · { $line }
say-taken-on = تولى { $by } الأمر
say-told-escalation = تُطلب المساعدة: { $priority }، { $policy }

say-case-title = طلب واحد
say-fact-priority = الأولوية
say-fact-line = الخط
say-fact-language = اللغة
say-fact-waits = ينتظر
say-fact-with = مع
say-fact-unanswered = بلا رد
say-do-assign = إعطاؤه لشخص
say-do-priority = تغيير الأولوية
say-do-release = استرداده
say-do-escalate = طلب المساعدة
say-do-read = قراءة المحادثة
say-do-decisions = من سُئل، ولماذا
say-do-history = في السجل
say-not-on-duty = ليس في الخدمة
say-assign-text = يصل إليه فورًا مهما كان معه. يُسجّل باسمك.
say-assign-whom = لمن
say-assign-send = إعطاء
say-reason = لماذا
say-priority-text = يُسجّل باسمك. أنت وحدك تستطيع خفضها.
say-priority-send = تغيير
say-release-other = يعود إلى الانتظار ويحتفظ بمكانه. يُقال لطالب الدعم إن شخصًا آخر قادم.
say-read-text = أنك تقرأ، ولماذا، يُسجّل باسمك.
say-read-why = لماذا
say-read-send = قراءة
say-read-safety = قد يكون أحد في خطر
say-read-support = لمساعدة المتطوع
say-read-complaint = اشتكى أحد
say-read-review = لرؤية سير المحادثات
say-nobody-asked = لم يُسأل أحد بعد.
say-exhausted = سُئل كل من يمكن سؤاله: { $at }.
say-came-open = مفتوح
say-came-accepted = قُبل
say-came-declined = رُفض
say-came-expired = لا رد
say-came-withdrawn = سُحب. { $reason }
say-why-count = أمكن سؤال { $could } من { $all }.
say-why-out = { $reason }: { $count }
say-why-them-only = { $alias } وحده استطاع توليه.
say-why-them-named = سمّى شخص { $alias }.
say-why-them-holds-nothing = كان وشيكًا، ولم يكن مع { $alias } أحد.
say-why-them-again = تحدث { $alias } مع طالب الدعم من قبل.
say-why-them-preferences = استوفى { $alias } أكثر مما رُغب فيه.
say-why-them-scarcity = ما يستطيعه { $alias } كان الأقل لزومًا لغيره.
say-why-them-load = كان لدى { $alias } أكبر متسع.
say-why-them-waking = كان الوقت نهارًا عند { $alias }.
say-why-them-last-offer = انتظر { $alias } عرضًا أطول من غيره.
say-why-them-id = لم يميّز شيء { $alias } عن غيره.
say-out-language = لغات أخرى
say-out-unqualified = غير مدرب لذلك
say-out-expired = انتهى التدريب
say-out-off-shift = ليس في نوبة
say-out-not-ready = غير متاح
say-out-absent = غير متصل
say-out-weekly-hours = نفدت الساعات
say-out-resting = يستريح
say-out-holds-imminent = مع شخص في خطر وشيك
say-out-full = لا متسع
say-out-winding-down = تنتهي نوبته قريبًا
say-out-set-aside = سُئل من قبل

## Roster, coverage, waits, the record

roster-title = الجدول
roster-text = كلٌّ بساعته. افتح شخصًا لتغيير أوقاته.
roster-roles = الأدوار
roster-languages = اللغات
roster-now = في نوبة
roster-next = النوبة التالية
roster-until = حتى { $time }
roster-none = لا شيء في أربعة عشر يومًا
person-title = أوقات { $name }
person-clock = الساعة هناك { $clock } ({ $zone }).
person-read-only = يمكنك رؤية هذه الأوقات لا تغييرها.
person-shifts = النوبات
person-shifts-hint = الأوقات بساعة المنطقة المذكورة بجانبها. النهاية التي لا تلي البداية تكون في اليوم التالي.
person-leave = غياب
person-extra = ساعات إضافية
person-next = الأيام الأربعة عشر القادمة
person-next-hint = يمكن أن تنتقل نوبة إلى شخص آخر: تصله كساعات إضافية، ويغيب هذا الشخص خلالها.

say-day-mon = الاثنين
say-day-tue = الثلاثاء
say-day-wed = الأربعاء
say-day-thu = الخميس
say-day-fri = الجمعة
say-day-sat = السبت
say-day-sun = الأحد
say-days = الأيام
say-shift = نوبة
say-date = التاريخ
say-start = من
say-end = إلى
say-zone = المنطقة الزمنية
say-from = اليوم الأول
say-until = اليوم الأخير
say-add = إضافة
say-add-weekly = إضافة نوبة أسبوعية
say-add-once = إضافة نوبة واحدة
say-remove = إزالة
say-remove-entry = إزالة من { $start } إلى { $end }
say-removed = أُزيل.
say-save = حفظ النوبات
say-saved = حُفظ.
say-no-days = اختر يومًا واحدًا على الأقل لكل نوبة أسبوعية.
say-no-shifts = لا نوبات بعد.
say-no-next = لا شيء في الأيام الأربعة عشر القادمة.
say-give = إعطاء
say-give-whom = إعطاء النوبة { $shift } إلى
say-give-nobody = إعطاء إلى…
say-given = هي الآن مع { $name }.

coverage-title = التغطية
coverage-text = كم متطوعًا على الأقل في كل ساعة من الأيام الأربعة عشر القادمة.
coverage-choices = ما يُحسب
coverage-people = الجميع
coverage-hours =
    { $hours ->
        [one] ساعة واحدة بلا أحد: { $hours }
        [two] ساعتان بلا أحد: { $hours }
        [few] { $hours } ساعات بلا أحد
       *[other] { $hours } ساعة بلا أحد
    }
coverage-none = لا فجوات
coverage-past = مضت
coverage-legend = الصفر المخطط ساعة بلا أحد. كلما زاد القتام زاد الناس.
coverage-gaps = الفجوات
coverage-no-gaps = هناك دائمًا أحد.
coverage-more =
    { $count ->
        [one] فجوة أخرى: { $count }
        [two] فجوتان أخريان: { $count }
        [few] { $count } فجوات أخرى
       *[other] { $count } فجوة أخرى
    }

waits-title = الانتظار
waits-text = الأيام السبعة الماضية كما كانت. يبدأ الانتظار حين يطلب أحد الدعم وينتهي حين يتولى أحد طلبه. من غادر قبل ذلك مذكور بجانبه.
waits-nobody = لم يطلب أحد في هذه الأيام.
waits-no-plot = لم يُجب أحد في هذه الأيام.
waits-wait = حتى جاء أحد
waits-word = من ذلك إلى أول كلمة
waits-wait-short = حتى جاء أحد
waits-word-short = إلى أول كلمة
waits-beside = الأرقام في الجدول أدناه.
waits-figures = أرقام بالدقائق والثواني
waits-asked = طلبوا
waits-half = النصف
waits-nine = 9 من 10
waits-longest = الأطول
waits-left = غادروا قبل ذلك
waits-count = كم
waits-still = ما زالوا ينتظرون
waits-minutes = دقائق

history-title = السجل
history-text = ما حدث لطلب أو نداء مساعدة أو زميل أو مناوبة، بالترتيب. ما كتبه أحد لا يُعرض.
history-of = لأي شيء
history-of-hint = النوع والمعرّف، مثل request:0198c0de-0000-7000-8000-000000000000. الأنواع: request وescalation وstaff وduty وsession وrotation.
history-show = عرض
history-wrong = لا وجود لذلك، أو لا يحق لك رؤيته.
history-events = الأحداث
history-member = طالب الدعم
history-next = التالية
