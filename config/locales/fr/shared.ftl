# What all pages share.

skip-link = Aller au contenu principal
