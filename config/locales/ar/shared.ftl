# What all pages share.

skip-link = انتقل إلى المحتوى الرئيسي
